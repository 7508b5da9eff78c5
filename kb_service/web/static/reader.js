// The reader page: one document, its outline, its versions and their differences, and the place the address names.

import { ApiError, fetchDifference, fetchDocument } from "./api.js";
import {
  addressOf,
  comparedFromAddress,
  idFromAddress,
  rangeFromAddress,
  sectionFromAddress,
  versionFromAddress,
} from "./address.js";
import { copyText } from "./clipboard.js";
import { renderComparison } from "./comparison.js";
import { showHead } from "./document-head.js";
import { followReading, showOutline } from "./outline.js";
import { renderText } from "./reader-text.js";
import { showSourceNotes } from "./source-notes.js";
import { LAST_SEARCH_KEY, ownPath, recall } from "./text.js";

const byId = (id) => document.getElementById(id);
const main = byId("reader");
const statusLine = byId("status");
const bar = byId("bar");
const textBox = byId("reader-text");
const outlineBox = byId("outline-box");
const versionSelect = byId("version");
const compareSelect = byId("compare");
const wide = matchMedia("(min-width: 60rem)");

const documentId = idFromAddress();
let running = null; // AbortController of the request under way
let wanted = { version: null, compare: null }; // asked for by the latest request, "" for the one in force and none
let shown = null; // {data, points, cited, difference}
let depth = (history.state && history.state.depth) || 0; // history entries made since the page was opened
let lastAddress = location.href;

// ---- Loading -------------------------------------------------------------------------------

async function load() {
  if (running) running.abort();
  const controller = new AbortController();
  running = controller;
  wanted = { version: versionFromAddress(), compare: comparedFromAddress() };
  main.setAttribute("aria-busy", "true");
  byId("error").hidden = true;
  byId("loading").hidden = shown !== null;
  statusLine.textContent = "正在打开文档…";
  try {
    if (!documentId) throw new ApiError("没有找到", "地址里没有有效的文档编号。", 404);
    const { version, compare } = wanted;
    const [data, difference] = await Promise.all([
      fetchDocument(documentId, version, controller.signal),
      compare ? fetchDifference(documentId, compare, version, controller.signal) : null,
    ]);
    if (running !== controller) return;
    shown = { data, points: Array.from(data.text || ""), cited: undefined, difference };
    showDocument(data);
  } catch (error) {
    if (running !== controller) return;
    shown = null;
    showError(error);
  }
  byId("loading").hidden = true;
  main.setAttribute("aria-busy", "false");
  if (shown) showPosition();
}

function showError(error) {
  const missing = error.status === 404;
  byId("document").hidden = true;
  bar.classList.remove("titled");
  byId("error").hidden = false;
  byId("error-title").textContent = missing ? "没有找到这篇文档" : error.title || "文档无法显示";
  byId("error-detail").textContent = error.detail || "页面在显示文档时出错，请重试；仍不行请联系管理员。";
  byId("retry").hidden = missing;
  byId("current-version").hidden = !(missing && (wanted.version || wanted.compare));
  byId("current-version").href = addressOf(documentId, "");
  statusLine.textContent = "";
  document.title = `${byId("error-title").textContent} - 技术支持知识库`;
}

// ---- Showing -------------------------------------------------------------------------------

function showDocument(data) {
  document.title = `${data.title} - 技术支持知识库`;
  byId("document").hidden = false;
  showHead(data, wanted.compare, (version) => addressOf(documentId, version));
  showOutline(shown.difference ? [] : data.sections || [], shown.points);
  showSourceNotes(shown.difference ? {} : data);
  outlineBox.open = wide.matches;
  statusLine.textContent = `已打开《${data.title}》`;
}

// ---- Position ------------------------------------------------------------------------------

/** Draw the text with the cited range marked and bring the place the address names into view. */
function showPosition() {
  if (shown.difference) {
    showDifference();
    return;
  }
  const sections = shown.data.sections || [];
  const range = rangeFromAddress();
  const cited = range || shown.cited || null; // moving about by the outline keeps the mark
  if (JSON.stringify(cited) !== JSON.stringify(shown.cited)) {
    textBox.replaceChildren(...renderText(shown.points, shown.data, cited));
    shown.cited = cited;
  }
  const mark = range && textBox.querySelector("mark.cited");
  const section = range ? undefined : sectionFromAddress(sections);
  const named = range || location.hash.length > 1;
  byId("range-missing").hidden = !named || Boolean(mark || section) || byId(location.hash.slice(1)) !== null;
  const target = mark || (section && byId(`s${section.index}`));
  if (target && !(mark && comfortablyVisible(mark))) target.scrollIntoView({ block: "start" });
  if (mark) statusLine.textContent = "已定位到引用的段落";
  followScroll();
}

function showDifference() {
  textBox.replaceChildren(...renderComparison(shown.difference));
  byId("range-missing").hidden = true;
  statusLine.textContent = "已列出两个版本的差异";
  followScroll();
}

/** Make out the section being read; the bar names the document once its own title is out of sight. */
function followScroll() {
  followReading(textBox);
  bar.classList.toggle("titled", byId("title").getBoundingClientRect().bottom < bar.offsetHeight);
}

/** In the upper part of the window: scrolling would only push the document's head out of sight. */
function comfortablyVisible(node) {
  const { top, bottom } = node.getBoundingClientRect();
  return top >= bar.offsetHeight && bottom < innerHeight * 0.6;
}

function onNavigation() {
  const state = history.state;
  if (state && Number.isInteger(state.depth)) depth = state.depth;
  else history.replaceState({ depth: location.href === lastAddress ? depth : ++depth }, "");
  lastAddress = location.href;
  if (versionFromAddress() !== wanted.version || comparedFromAddress() !== wanted.compare) load();
  else if (shown) showPosition();
}

// ---- Copying -------------------------------------------------------------------------------

async function copyCitation(button, label, place) {
  const { data } = shown;
  const address = addressOf(documentId, data.version, place);
  const done = await copyText(`《${data.title}》${label}\n${location.origin}${address}`);
  statusLine.textContent = done ? "引用已复制" : "复制失败，请手动复制";
  button.textContent = done ? "已复制" : "复制失败";
  setTimeout(() => (button.textContent = "复制引用"), 2000);
}

// ---- Events --------------------------------------------------------------------------------

textBox.addEventListener("click", (event) => {
  const button = event.target.closest(".copy-section");
  if (!button) return;
  const section = shown.data.sections.find((one) => String(one.index) === button.dataset.section);
  const label = section.label || section.heading || section.marker || "";
  copyCitation(button, label, { range: { start: section.start_char, end: section.end_char } });
});
byId("copy-document").addEventListener("click", (event) =>
  copyCitation(event.currentTarget, "", { compare: wanted.compare, range: rangeFromAddress() }),
);
byId("retry").addEventListener("click", load);

function choose(version, compare) {
  const address = addressOf(documentId, version, { compare: compare === version ? "" : compare });
  history.pushState({ depth: ++depth }, "", address);
  onNavigation();
}
versionSelect.addEventListener("change", () => choose(versionSelect.value, wanted.compare));
compareSelect.addEventListener("change", () => choose(shown.data.version, compareSelect.value));

byId("outline").addEventListener("click", (event) => {
  if (event.target.closest("a") && !wide.matches) outlineBox.open = false;
});
wide.addEventListener("change", () => (outlineBox.open = wide.matches));

// Back to the search the reader came from: by history where it is one step (or a few anchors) away,
// so that its scroll position returns too; otherwise by its remembered address.
const back = byId("back");
const lastSearch = ownPath(recall(LAST_SEARCH_KEY) || "/");
if (lastSearch && (lastSearch === "/" || lastSearch.startsWith("/?"))) back.href = lastSearch;
back.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const fromSearch = ownPath(document.referrer || "x:") === lastSearch;
  if (!fromSearch || history.length <= depth + 1) return;
  event.preventDefault();
  history.go(-(depth + 1));
});

let waiting = false;
addEventListener("scroll", () => {
  if (waiting || !shown) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    followScroll();
  });
}, { passive: true });
addEventListener("popstate", onNavigation);
addEventListener("hashchange", onNavigation);
if (!history.state) history.replaceState({ depth: 0 }, "");
load();
