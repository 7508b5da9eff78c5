// Draws the plain text of a document: a block per line, headings and article numbers emphasised,
// an anchor and a copy button per section, and the cited range marked. All offsets are code points.

import { el, mergeRanges } from "./text.js";

const SHORT_LINE = 40; // a line this short that opens a longer section is taken for its heading

/**
 * @param points    the text as an array of code points
 * @param sections  sections as delivered by the interface
 * @param cited     {start, end} or null
 * @param title     the title shown above the text; a first line that only repeats it is put away
 * @returns an array of block elements
 */
export function renderText(points, sections, cited, title) {
  const starts = sections
    .map((section) => ({ section, at: firstVisible(points, section) }))
    .sort((a, b) => a.at - b.at || a.section.level - b.section.level);
  const marks = mergeRanges(cited ? [cited] : [], points.length);
  const lines = splitLines(points);
  const rows = tableRows(lines);
  const blocks = [];
  let next = 0;
  let afterBlank = false;
  lines.forEach((line, number) => {
    const opened = [];
    while (next < starts.length && starts[next].at < line.end) opened.push(starts[next++]);
    if (!line.text.trim()) {
      afterBlank = true;
      return;
    }
    const block = renderLine(points, line, opened, marks, rows.has(number), afterBlank);
    const repeatsTitle = !blocks.length && !opened.length && line.text.trim() === title;
    if (repeatsTitle && !block.querySelector("mark")) block.className = "line-title";
    blocks.push(block);
    afterBlank = false;
  });
  return blocks;
}

function splitLines(points) {
  const lines = [];
  let start = 0;
  for (let at = 0; at <= points.length; at++) {
    if (at < points.length && points[at] !== "\n") continue;
    lines.push({ start, end: at, text: points.slice(start, at).join("") });
    start = at + 1;
  }
  return lines;
}

function firstVisible(points, { start_char: start, end_char: end }) {
  let at = start;
  while (at < end && isBlank(points[at])) at++;
  return at < end ? at : start;
}

const isBlank = (point) => /^\s$/u.test(point);

/** Numbers of the lines that are table rows: 「列名：值；列名：值」 with the same columns as a neighbour. */
function tableRows(lines) {
  const columns = lines.map(({ text }) => {
    const cells = text.split("；");
    return cells.length > 1 && cells.every((cell) => /^[^：]{1,20}：/u.test(cell))
      ? cells.map((cell) => cell.split("：")[0]).join("；")
      : null;
  });
  const same = (a, b) => columns[a] && columns[a] === columns[b];
  return new Set(lines.map((_, number) => number).filter((n) => same(n, n - 1) || same(n, n + 1)));
}

function renderLine(points, line, opened, marks, isRow, afterBlank) {
  const strong = [];
  let heading = null;
  for (const { section, at } of opened) {
    const end = emphasisEnd(points, section, at, line.end);
    if (end > at) strong.push({ start: at, end });
    const wholeLine = blankBetween(points, line.start, at) && blankBetween(points, end, line.end);
    if (!heading && end > at && wholeLine) heading = section;
  }
  const keys = isRow ? columnNames(line) : [];
  const content = runs(points, line, opened, { mark: marks, strong: heading ? [] : strong, key: keys });
  const tag = heading ? `h${Math.min(6, heading.level + 1)}` : "p";
  const names = ["line", heading ? "line-heading" : "", isRow ? "line-row" : "", afterBlank ? "gap" : ""];
  return el(
    "div",
    { class: names.filter(Boolean).join(" ") },
    opened.length ? copyButton(opened[0].section) : null,
    el(tag, {}, ...content),
  );
}

function columnNames(line) {
  const ranges = [];
  let at = line.start;
  for (const cell of line.text.split("；")) {
    ranges.push({ start: at, end: at + Array.from(cell.split("：")[0]).length + 1 });
    at += Array.from(cell).length + 1;
  }
  return ranges;
}

/** Cut the line where a style or a section begins or ends, and build one node per piece. */
function runs(points, line, opened, styles) {
  const cuts = new Set([line.start, line.end]);
  for (const { at } of opened) cuts.add(Math.max(line.start, at));
  for (const { start, end } of Object.values(styles).flat()) {
    if (start > line.start && start < line.end) cuts.add(start);
    if (end > line.start && end < line.end) cuts.add(end);
  }
  const edges = [...cuts].sort((a, b) => a - b);
  const covered = (ranges, at) => ranges.some(({ start, end }) => start <= at && at < end);
  return edges.flatMap((start, index) => {
    const anchors = opened
      .filter(({ at }) => Math.max(line.start, at) === start)
      .map(({ section }) => el("span", { class: "anchor", id: `s${section.index}` }));
    if (index === edges.length - 1) return anchors;
    let node = points.slice(start, edges[index + 1]).join("");
    if (covered(styles.key, start)) node = el("span", { class: "column-name" }, node);
    if (covered(styles.strong, start)) node = el("strong", {}, node);
    if (covered(styles.mark, start)) node = el("mark", { class: "cited" }, node);
    return [...anchors, node];
  });
}

/** Where the section's heading or number ends within its first line; `at` itself when there is none. */
function emphasisEnd(points, section, at, lineEnd) {
  const marker = section.marker || "";
  const heading = section.heading || "";
  for (const wanted of [marker + heading, heading, marker]) {
    const end = matchEnd(points, at, lineEnd, wanted);
    if (end > at) return end;
  }
  return lineEnd - at <= SHORT_LINE && section.end_char > lineEnd + 1 ? lineEnd : at;
}

/** Where `wanted` ends when the text at `at` begins with it, white space disregarded; else -1. */
function matchEnd(points, at, limit, wanted) {
  let position = at;
  for (const point of Array.from(wanted).filter((one) => !isBlank(one))) {
    while (position < limit && isBlank(points[position])) position++;
    if (position >= limit || points[position] !== point) return -1;
    position++;
  }
  return position;
}

function blankBetween(points, start, end) {
  return points.slice(start, end).every(isBlank);
}

function copyButton(section) {
  return el(
    "button",
    {
      class: "copy-section quiet",
      type: "button",
      "data-section": section.index,
      "aria-label": `复制引用：${section.label || section.heading || section.marker}`,
    },
    "复制引用",
  );
}
