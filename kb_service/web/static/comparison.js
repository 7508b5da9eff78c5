// The difference between two versions, clause by clause: deleted text struck, inserted text underlined,
// runs of unchanged clauses folded.

import { addressOf, fragmentOf } from "./address.js";
import { el, versionText } from "./text.js";

const CHANGES = { changed: "修改", added: "新增", removed: "删去", renumbered: "改号", unchanged: "未变" };
const TOLD = ["changed", "added", "removed", "renumbered", "unchanged"];

/** @param difference as delivered by the interface; @returns an array of block elements */
export function renderComparison(difference) {
  return [summary(difference), ...blocks(difference)];
}

function summary({ from_version: from, to_version: to, counts }) {
  const told = TOLD.filter((change) => counts[change]).map((change) => `${CHANGES[change]} ${counts[change]} 条`);
  const same = !TOLD.some((change) => change !== "unchanged" && counts[change]);
  return el(
    "p",
    { class: "comparison-summary" },
    el("strong", {}, `${versionText(from)} → ${versionText(to)}`),
    ` ${same ? "两个版本的文字完全相同" : told.join("，")}`,
  );
}

function blocks(difference) {
  const nodes = [];
  let run = []; // unchanged clauses that follow each other
  for (const one of difference.clauses) {
    if (one.change === "unchanged") {
      run.push(one);
      continue;
    }
    if (run.length) nodes.push(unchangedRun(run, difference));
    run = [];
    nodes.push(clause(one, difference));
  }
  if (run.length) nodes.push(unchangedRun(run, difference));
  return nodes;
}

function unchangedRun(run, difference) {
  const names = run.map(({ after }) => nameOf(after));
  const range = names.length > 1 ? `${names[0]} 至 ${names[names.length - 1]}` : names[0];
  return el(
    "details",
    { class: "unchanged" },
    el("summary", {}, `${run.length} 条未变`, el("span", { class: "unchanged-range" }, range)),
    ...run.map((one) => clause(one, difference)),
  );
}

function clause({ change, before, after, pieces }, { document_id: id, from_version: from, to_version: to }) {
  const links = [before, after].filter(Boolean).map((side) => {
    const fragment = side.clause_id ? fragmentOf(side) : "";
    return el("a", { href: addressOf(id, side === after ? to : from, { fragment }) }, nameOf(side));
  });
  const moved = change === "renumbered";
  const head = moved ? [links[0], " → ", links[1]] : [links[links.length - 1]];
  return el(
    "section",
    { class: "difference", "data-change": change },
    el("h2", { class: "difference-head" }, el("span", { class: "change" }, CHANGES[change] || change), ...head),
    el("p", { class: "difference-text" }, ...pieces.flatMap(piece)),
  );
}

/** Blank lines would pull a short clause apart; a whole line put in for another one begins a line of its own. */
function piece({ op, text: whole }, index, pieces) {
  const text = whole.replace(/\n[^\S\n]*(?=\n)/gu, "");
  if (op === "deleted") return [el("del", {}, text)];
  if (op === "equal") return [text];
  const replaces = index > 0 && pieces[index - 1].op === "deleted";
  const lineBegins = replaces && (index === 1 || pieces[index - 2].text.endsWith("\n"));
  return [lineBegins ? el("br") : "", el("ins", {}, text)];
}

/** 第十五条; a number with a caption by both: 1 目的和范围. */
function nameOf({ label, heading }) {
  return label && !heading.startsWith(label) ? label : heading || "正文开头";
}
