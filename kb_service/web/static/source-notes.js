// What the reader should know about the source of a text: what seems to be wrong with it, and what was left out.

import { fetchOutline } from "./api.js";
import { fragmentOf } from "./address.js";
import { el } from "./text.js";

const SHOWN_AT_ONCE = 3; // more findings than these are folded
const REASONS = {
  boilerplate: "网站或导出附带的文字",
  "page-footer": "页眉页脚",
  "repeated-title": "重复的标题",
  "hard-wrap": "硬换行",
  "empty-form": "空表格",
  markup: "标记与脚本",
};

const findingsBox = document.getElementById("findings");
const removedBox = document.getElementById("removed");
const removedList = document.getElementById("removed-list");
let shown = null; // the document whose notes are shown
let fetched = null; // the document whose removed text is in the list
let loading = false;

export function showSourceNotes(data) {
  shown = data;
  showFindings(data.findings || [], data.sections || []);
  removedBox.hidden = !data.removed_count;
  removedBox.open = false;
  removedBox.querySelector("summary").textContent = `已略去的内容 ${data.removed_count} 处`;
  removedList.replaceChildren();
  fetched = null;
}

function showFindings(findings, sections) {
  const items = findings.map((one) => el("li", {}, ...findingText(one, sections)));
  const list = el("ul", {}, ...items);
  const folded = items.length > SHOWN_AT_ONCE;
  const summary = el("summary", {}, `原文可能有 ${items.length} 处问题`);
  findingsBox.hidden = items.length === 0;
  findingsBox.replaceChildren(folded ? el("details", {}, summary, list) : list);
}

/** The message, and the place as a link where the outline has it. */
function findingText({ message, label }, sections) {
  const section = label && sections.find((one) => one.label === label);
  if (!label || message.includes(label)) return [section ? el("a", { href: fragmentOf(section) }, message) : message];
  return [`${message}（`, section ? el("a", { href: fragmentOf(section) }, label) : label, "）"];
}

removedBox.addEventListener("toggle", async () => {
  if (!removedBox.open || loading || fetched === shown) return;
  const wanted = shown;
  loading = true;
  let nodes;
  try {
    const outline = await fetchOutline(wanted.document_id, wanted.version);
    nodes = outline.removed.map(removedItem);
    fetched = wanted;
  } catch (error) {
    nodes = [el("li", {}, error.detail || "略去的内容没有取到，请重试。")];
  }
  loading = false;
  if (wanted === shown) removedList.replaceChildren(...nodes);
});

function removedItem({ reason, text, line, page }) {
  const place = page ? `第 ${page} 页` : line ? `第 ${line} 行` : "";
  const head = [REASONS[reason] || reason, place].filter(Boolean).join(" · ");
  return el("li", {}, el("span", { class: "removed-reason" }, head), el("pre", {}, text));
}
