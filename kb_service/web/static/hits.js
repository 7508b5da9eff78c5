// Draws the answers of a search: one list item per hit, with its passages, citation and explanation.

import { KIND_NAMES, el, framedText, kindBadge, ownPath, today, versionText } from "./text.js";

/** Further down the answer is only made out in its passage, so that the list stays one to look through. */
const ANSWERS_SHOWN = 3;

export function hitItem(hit) {
  const citation = hit.citation || {};
  const address = ownPath(citation.url);
  return el(
    "li",
    { class: "hit", "data-document-id": hit.document_id, "data-chunk-id": hit.chunk_id },
    el(
      "div",
      { class: "hit-head" },
      kindBadge(hit.kind),
      el("h2", { class: "hit-title" }, el("a", { href: address, tabindex: "-1" }, hit.title)),
      hit.product ? el("span", { class: "hit-product" }, hit.product) : null,
    ),
    citationLine(citation, "hit-citation", standingText(hit)),
    answerLine(hit),
    ...passage(hit.text, hit.highlights, hit),
    hit.twins && hit.twins.length ? twinLine(hit.twins) : null,
    hit.explanation ? hitExplanation(hit) : null,
    hit.more && hit.more.length ? morePassages(hit.more) : null,
  );
}

/** The words that answer, above the passage; they lead to their own place in the document. */
function answerLine({ answer, rank, text }) {
  if (!answer || answer.text === text.trim() || (rank > ANSWERS_SHOWN && answer.start !== null)) return null;
  return el(
    "p",
    { class: "answer" },
    el("a", { class: "answer-link", href: ownPath(answer.url), title: answer.label }, "答案"),
    el("span", { class: "answer-text" }, answer.text),
  );
}

function citationLine(citation, name, standing = "") {
  return el(
    "p",
    { class: "citation-line" },
    el("a", { class: name, href: ownPath(citation.url) }, citation.label || "查看原文"),
    citation.version ? el("span", { class: "version" }, versionText(citation.version)) : null,
    standing ? el("strong", { class: "standing" }, standing) : null,
  );
}

/** What to say of a version that answers for the asked day but is not in force today. */
function standingText({ in_force: inForce, effective_from: from, effective_to: to }) {
  if (inForce !== false) return "";
  return to && to < today() ? `今天已失效（${to} 到期）` : `今天尚未生效（${from} 起执行）`;
}

function twinLine(twins) {
  const links = twins.map((one) =>
    el(
      "li",
      {},
      el("a", { class: "twin", href: ownPath(one.url) }, `《${one.title}》`),
      el("span", { class: "version" }, ` 相似 ${Math.floor(one.similarity * 100)}%`),
    ),
  );
  const summary = `另有 ${twins.length} 篇内容几乎相同`;
  return el("details", { class: "hit-twins" }, el("summary", {}, summary), el("ul", {}, ...links));
}

/** Blank lines would fill the few lines a folded passage has. */
const withoutBlankLines = (node) => (typeof node === "string" ? node.replace(/\n[^\S\n]*(?=\n)/gu, "") : node);

/**
 * A text of limited height and the button that unfolds it: to its full height, or to the article around it where
 * `hit` has one. The observer shows the button if needed.
 */
function passage(text, highlights, hit = {}) {
  const nodes = () => framedText(text || "", highlights, answerRange(hit), "answer-range").map(withoutBlankLines);
  const body = el("p", { class: "passage-text clamped", "data-parent": hit.parent ? "1" : null }, ...nodes());
  const attributes = { class: "unfold link", type: "button", "aria-expanded": "false", hidden: !hit.parent };
  const button = el("button", attributes, hit.parent ? openName(hit) : "展开");
  button.addEventListener("click", () => {
    const open = button.getAttribute("aria-expanded") === "false";
    if (hit.parent) body.replaceChildren(...(open ? parentNodes(hit) : nodes()));
    unfold(body, open, hit);
  });
  return [body, button];
}

/** Where the answer stands in the text of the hit; nothing where it is elsewhere, or all of it. */
function answerRange({ answer, text }) {
  return answer && answer.start !== null && answer.text !== text.trim() ? answer : null;
}

const openName = ({ kind }) => (kind === "regulation" ? "展开全条" : "展开上下文");

/** The article or section with the passage made out in it, and in that what matches the query. */
function parentNodes(hit) {
  const { text, highlights, citation, parent } = hit;
  const points = Array.from(parent.text);
  const start = citation.start_char - parent.citation.start_char;
  const end = start + Array.from(text).length;
  return [
    points.slice(0, start).join(""),
    el("span", { class: "own-passage" }, ...framedText(text, highlights, answerRange(hit), "answer-range")),
    points.slice(end).join(""),
  ];
}

function unfold(body, open, hit = {}) {
  const button = body.nextElementSibling;
  body.classList.toggle("clamped", !open);
  button.hidden = false;
  button.textContent = open ? "收起" : hit.parent ? openName(hit) : "展开";
  button.setAttribute("aria-expanded", String(open));
}

// Runs when a text gets its first size (also when its <details> opens) and when the width changes.
const clampObserver = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (!target.classList.contains("clamped") || target.clientHeight === 0) continue;
    const cut = target.scrollHeight > target.clientHeight + 1;
    const mark = target.querySelector("mark");
    const firstTime = !target.dataset.measured;
    target.dataset.measured = "1";
    const late = cut && firstTime && mark && mark.offsetTop - target.offsetTop >= target.clientHeight;
    if (target.dataset.parent) target.classList.toggle("clamped", !late);
    else if (late) unfold(target, true);
    else target.nextElementSibling.hidden = !cut;
  }
});

/** Watch the texts in `list` for being cut off. Call it after each change of the list. */
export function observePassages(list) {
  clampObserver.disconnect();
  for (const text of list.querySelectorAll(".passage-text")) clampObserver.observe(text);
}

function morePassages(passages) {
  const items = passages.map((one) =>
    el("li", {}, citationLine(one.citation || {}, "more-citation"), ...passage(one.text, one.highlights)),
  );
  return el("details", { class: "hit-more" }, el("summary", {}, `本文另有 ${items.length} 处相关`), el("ul", {}, ...items));
}

// ---- Explanation ---------------------------------------------------------------------------

function definitions(name, pairs) {
  const given = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  const rows = given.map(([term, value]) => el("div", {}, el("dt", {}, term), el("dd", {}, value)));
  return el("dl", { class: name }, ...rows);
}

const rankText = (rank) => (rank === null || rank === undefined ? "未入选" : `第 ${rank} 位`);
const candidateText = (count) => (count === undefined ? "" : `${count} 段`);
const listText = (values) => (values && values.length ? values.join("、") : "");

const PART_NAMES = { dense: "语义", sparse: "关键词", identifiers: "编号" };

/** 2.301 = 语义 1.702 + 关键词 0.599 */
function scoreText(score, parts) {
  if (typeof score !== "number") return "";
  const told = Object.entries(parts || {}).filter(([, value]) => value);
  const sum = told.map(([name, value]) => `${PART_NAMES[name] || name} ${value.toFixed(3)}`).join(" + ");
  return sum ? `${score.toFixed(3)} = ${sum}` : score.toFixed(3);
}

function hitExplanation(hit) {
  const why = hit.explanation;
  return definitions("explanation", [
    ["点名的条款", why.named_clause || ""],
    ["匹配词", listText(why.matched_terms) || "无"],
    ["编号", listText(why.identifiers)],
    ["语义排名", rankText(why.dense_rank)],
    ["关键词排名", rankText(why.sparse_rank)],
    ["得分", scoreText(hit.score, why.parts)],
  ]);
}

/** The value that the filter, a tree of conditions, compares a field with. */
function conditionValue(filter, field) {
  if (filter.field === field) return filter.value;
  return (filter.conditions || []).map((one) => conditionValue(one, field)).find((value) => value !== undefined);
}

/** 20261231 -> 2026-12-31 */
const dayText = (day) => String(day || "").replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");

/** How sure it is that the hits answer, and where the line is. */
function confidenceText(confidence, threshold) {
  if (typeof confidence !== "number" || !threshold) return "";
  return `${confidence.toFixed(2)}（低于 ${threshold.toFixed(2)} 视为没有答案）`;
}

const LIMIT_NAMES = { access: "有权查看", effective_on: "当日有效", kinds: "所选类型", document_ids: "所选文档", products: "所选产品" };

/** 有权查看 1004 段 → 当日有效 514 段 → 所选类型 0 段 */
export function limitsText(limits) {
  return (limits || []).map(({ name, chunks }) => `${LIMIT_NAMES[name] || name} ${chunks} 段`).join(" → ");
}

/** How the query itself was understood, and what was looked through for it. */
export function queryExplanation(why, confidence) {
  const filters = why.filters || {};
  const kinds = conditionValue(filters, "meta.kind") || [];
  const candidates = why.candidates || {};
  return definitions("explanation", [
    ["查询词", listText(why.terms) || "无"],
    ["补上的书面词", listText(why.added)],
    ["识别出的编号", listText(why.identifiers) || "无"],
    ["类型", listText(kinds.map((kind) => KIND_NAMES[kind] || kind)) || "全部"],
    ["生效日期", dayText(conditionValue(filters, "meta.effective_from"))],
    ["语义候选", candidateText(candidates.dense)],
    ["关键词候选", candidateText(candidates.sparse)],
    ["改版略去", why.unpublished ? `${why.unpublished} 段` : ""],
    ["逐条限制后", limitsText(why.limits)],
    ["可信度", confidenceText(confidence, why.threshold)],
  ]);
}
