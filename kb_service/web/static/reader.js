// The reader page: one document, its outline, its versions, and the cited range of the address
// (#c<start>-<end>, code points, end exclusive).

import { ApiError, encodeId, fetchDocument } from "./api.js";
import { showHead } from "./document-head.js";
import { followReading, showOutline } from "./outline.js";
import { renderText } from "./reader-text.js";
import { LAST_SEARCH_KEY, el, ownPath, recall } from "./text.js";

const PATH_PREFIX = "/documents/";

const byId = (id) => document.getElementById(id);
const main = byId("reader");
const statusLine = byId("status");
const bar = byId("bar");
const textBox = byId("reader-text");
const outlineBox = byId("outline-box");
const versionSelect = byId("version");
const wide = matchMedia("(min-width: 60rem)");

const documentId = idFromAddress();
let running = null; // AbortController of the request under way
let wanted = null; // version asked for by the latest request, "" for the one in force
let shown = null; // {data, points, cited}
let depth = (history.state && history.state.depth) || 0; // history entries made since the page was opened
let lastAddress = location.href;

// ---- Address -------------------------------------------------------------------------------

function idFromAddress() {
  try {
    return location.pathname.slice(PATH_PREFIX.length).split("/").map(decodeURIComponent).join("/");
  } catch {
    return ""; // malformed percent-encoding: no such document
  }
}

const versionFromAddress = () => new URLSearchParams(location.search).get("version") || "";

function rangeFromAddress() {
  const match = /^#c(\d+)-(\d+)$/.exec(location.hash);
  return match ? { start: Number(match[1]), end: Number(match[2]) } : null;
}

function addressOf(version, range) {
  const query = version ? `?version=${encodeURIComponent(version)}` : "";
  const hash = range ? `#c${range.start}-${range.end}` : "";
  return `${PATH_PREFIX}${encodeId(documentId)}${query}${hash}`;
}

// ---- Loading -------------------------------------------------------------------------------

async function load() {
  if (running) running.abort();
  const controller = new AbortController();
  running = controller;
  wanted = versionFromAddress();
  main.setAttribute("aria-busy", "true");
  byId("error").hidden = true;
  byId("loading").hidden = shown !== null;
  statusLine.textContent = "正在打开文档…";
  try {
    if (!documentId) throw new ApiError("没有找到", "地址里没有有效的文档编号。", 404);
    const data = await fetchDocument(documentId, wanted, controller.signal);
    if (running !== controller) return;
    shown = { data, points: Array.from(data.text || ""), cited: undefined };
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
  byId("current-version").hidden = !(missing && wanted);
  byId("current-version").href = addressOf("", null);
  statusLine.textContent = "";
  document.title = `${byId("error-title").textContent} - 技术支持知识库`;
}

// ---- Showing -------------------------------------------------------------------------------

function showDocument(data) {
  document.title = `${data.title} - 技术支持知识库`;
  byId("document").hidden = false;
  showHead(data, (version) => addressOf(version, null));
  showOutline(data.sections || [], shown.points);
  outlineBox.open = wide.matches;
  statusLine.textContent = `已打开《${data.title}》`;
}

// ---- Position ------------------------------------------------------------------------------

/** Draw the text with the cited range marked and bring the place the address names into view. */
function showPosition() {
  const range = rangeFromAddress();
  const cited = range || shown.cited || null; // moving about by the outline keeps the mark
  if (JSON.stringify(cited) !== JSON.stringify(shown.cited)) {
    textBox.replaceChildren(...renderText(shown.points, shown.data.sections || [], cited, shown.data.title));
    shown.cited = cited;
  }
  const mark = range && textBox.querySelector("mark.cited");
  byId("range-missing").hidden = !range || mark !== null;
  const anchor = /^#s\d+$/.test(location.hash) ? byId(location.hash.slice(1)) : null;
  const target = mark || anchor;
  if (target && !(mark && comfortablyVisible(mark))) target.scrollIntoView({ block: "start" });
  if (mark) statusLine.textContent = "已定位到引用的段落";
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
  if (versionFromAddress() !== wanted) load();
  else if (shown) showPosition();
}

// ---- Copying -------------------------------------------------------------------------------

async function copyCitation(button, label, range) {
  const { data } = shown;
  const done = await copyText(`《${data.title}》${label}\n${location.origin}${addressOf(data.version, range)}`);
  statusLine.textContent = done ? "引用已复制" : "复制失败，请手动复制";
  button.textContent = done ? "已复制" : "复制失败";
  setTimeout(() => (button.textContent = "复制引用"), 2000);
}

/** The clipboard interface exists only on secure origins; an intranet host over http needs the old way. */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const holder = el("textarea", { class: "visually-hidden", "aria-hidden": "true" });
    const focused = document.activeElement;
    holder.value = text;
    document.body.append(holder);
    holder.select();
    const done = document.execCommand("copy");
    holder.remove();
    if (focused) focused.focus({ preventScroll: true });
    return done;
  }
}

// ---- Events --------------------------------------------------------------------------------

textBox.addEventListener("click", (event) => {
  const button = event.target.closest(".copy-section");
  if (!button) return;
  const section = shown.data.sections.find((one) => String(one.index) === button.dataset.section);
  const label = section.label || section.heading || section.marker || "";
  copyCitation(button, label, { start: section.start_char, end: section.end_char });
});
byId("copy-document").addEventListener("click", (event) => copyCitation(event.currentTarget, "", rangeFromAddress()));
byId("retry").addEventListener("click", load);

versionSelect.addEventListener("change", () => {
  history.pushState({ depth: ++depth }, "", addressOf(versionSelect.value, null));
  onNavigation();
});

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
