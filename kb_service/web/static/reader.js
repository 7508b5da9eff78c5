// The reader page: one document, its outline, its versions, and the cited range of the address
// (#c<start>-<end>, code points, end exclusive).

import { ApiError, encodeId, fetchDocument } from "./api.js";
import { followReading, showOutline } from "./outline.js";
import { renderText } from "./reader-text.js";
import { LAST_SEARCH_KEY, el, kindBadge, ownPath, recall } from "./text.js";

const PATH_PREFIX = "/documents/";
const ATTRIBUTE_NAMES = {
  category: "分类",
  priority: "优先级",
  channel: "渠道",
  line: "处理层级",
  opened_at: "受理时间",
  resolved_at: "解决时间",
};

const byId = (id) => document.getElementById(id);
const main = byId("reader");
const statusLine = byId("status");
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
  byId("error").hidden = false;
  byId("error-title").textContent = missing ? "没有找到这篇文档" : error.title || "文档无法显示";
  byId("error-detail").textContent = error.detail || "页面在显示文档时出错，请重试；仍不行请联系管理员。";
  byId("retry").hidden = missing;
  byId("current-version").hidden = !(missing && wanted);
  byId("current-version").href = addressOf("", null);
  statusLine.textContent = "";
  document.title = `${byId("error-title").textContent} - 技术支持知识库`;
}

// ---- Head of the document ------------------------------------------------------------------

function showDocument(data) {
  document.title = `${data.title} - 技术支持知识库`;
  byId("document").hidden = false;
  byId("title").textContent = data.title;
  byId("kind").replaceChildren(kindBadge(data.kind));
  fill("product", data.product);
  fill("effective", effectiveText(data));
  fill("source", data.source ? `来源：${data.source}` : "");
  showVersions(data);
  showBanner(data);
  showAttributes(data);
  showOutline(data.sections || [], shown.points);
  outlineBox.open = wide.matches;
  statusLine.textContent = `已打开《${data.title}》`;
}

function fill(id, text) {
  byId(id).textContent = text || "";
  byId(id).hidden = !text;
}

function effectiveText({ effective_from: from, effective_to: to }) {
  if (from && to) return `${from} 至 ${to} 有效`;
  if (from) return `${from} 起有效`;
  return to ? `有效至 ${to}` : "";
}

/** Is a version in force, over, or still to come? Dates are ISO, so they compare as text. */
function standing({ in_force: inForce, effective_from: from, effective_to: to }) {
  if (inForce) return "现行";
  const now = new Date();
  const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
  if (from && from > today) return "尚未生效";
  return to && to < today ? "已失效" : "非现行";
}

function showVersions(data) {
  const versions = data.versions || [];
  const several = versions.length > 1;
  byId("version-field").hidden = !several;
  fill("version-single", !several && data.version ? `${data.version} 版` : "");
  versionSelect.replaceChildren(
    ...versions.map((one) => el("option", { value: one.version }, `${one.version}（${standing(one)}）`)),
  );
  versionSelect.value = data.version;
}

function showBanner(data) {
  const banner = byId("banner");
  const state = standing(data);
  banner.hidden = state === "现行";
  banner.dataset.standing = state;
  const notes = {
    已失效: `这个版本已于 ${data.effective_to} 到期，只供查考。`,
    尚未生效: `这个版本从 ${data.effective_from} 起执行。`,
    非现行: "这个版本目前不执行。",
  };
  const current = (data.versions || []).find((one) => one.in_force);
  const link = current ? el("a", { href: addressOf(current.version, null) }, `查看现行的 ${current.version} 版`) : null;
  banner.replaceChildren(el("strong", {}, state), notes[state] || "", link || "");
}

function showAttributes(data) {
  const given = data.attributes || {};
  const names = data.kind === "ticket" ? Object.keys(ATTRIBUTE_NAMES).filter((name) => given[name]) : [];
  byId("attributes").hidden = names.length === 0;
  byId("attributes").replaceChildren(
    ...names.map((name) => {
      const value = name.endsWith("_at") ? timeText(String(given[name])) : String(given[name]);
      return el("div", {}, el("dt", {}, ATTRIBUTE_NAMES[name]), el("dd", {}, value));
    }),
  );
}

/** 2024-07-08T09:25:00+08:00 -> 2024-07-08 09:25, in the zone it was written in. */
function timeText(stamp) {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)/.exec(stamp);
  return match ? `${match[1]} ${match[2]}` : stamp;
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
  followReading(textBox);
}

/** In the upper part of the window: scrolling would only push the document's head out of sight. */
function comfortablyVisible(node) {
  const { top, bottom } = node.getBoundingClientRect();
  return top >= 0 && bottom < innerHeight * 0.6;
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
    followReading(textBox);
  });
}, { passive: true });
addEventListener("popstate", onNavigation);
addEventListener("hashchange", onNavigation);
if (!history.state) history.replaceState({ depth: 0 }, "");
load();
