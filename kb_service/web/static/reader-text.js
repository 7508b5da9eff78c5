// Draws the plain text of a document: a block per line, headings and article numbers emphasised,
// an anchor and a copy button per section, and the cited range marked. All offsets are code points.

import { SEPARATOR, findTableRows } from "./table-rows.js";
import { el, isParagraph, mergeRanges } from "./text.js";

const SHORT_LINE = 40; // a line this short that opens a longer section is taken for its heading

/**
 * @param points    the text as an array of code points
 * @param document  as delivered by the interface: its sections, its pages, and its title, which is shown above
 *                  the text, so that a first line that only repeats it is put away
 * @param cited     {start, end} or null
 * @returns an array of block elements
 */
export function renderText(points, { sections = [], pages = [], title }, cited) {
  const starts = sections
    .map((section) => ({ section, at: firstVisible(points, section) }))
    .sort((a, b) => a.at - b.at || a.section.level - b.section.level);
  const marks = mergeRanges(cited ? [cited] : [], points.length);
  const lines = splitLines(points);
  const opening = openings(lines, starts);
  const rows = findTableRows(lines, (number) => opening[number].length > 0);
  const blocks = [];
  let table = null; // the one whose rows are being drawn
  let box = null;
  let afterBlank = false;
  let page = 0; // the next one to begin
  let textBegun = false;
  lines.forEach((line, number) => {
    if (!line.text.trim()) {
      afterBlank = true;
      return;
    }
    const begun = page;
    while (page < pages.length && pages[page].start_char < line.end) page++;
    if (page > begun) {
      blocks.push(pageMark(pages[page - 1].page));
      table = null; // one that goes on over the page gets its head again
    }
    const row = rows.get(number);
    if (row) {
      if (row.table !== table) blocks.push((box = tableBox(row.table.columns, afterBlank)));
      box.firstChild.append(renderRow(points, row, marks));
      table = row.table;
      textBegun = true;
      afterBlank = false;
      return;
    }
    const opened = opening[number];
    const block = renderLine(points, line, opened, marks, afterBlank);
    const repeatsTitle = !textBegun && !opened.length && line.text.trim() === title;
    if (repeatsTitle && !block.querySelector("mark")) block.className = "line-title";
    blocks.push(block);
    textBegun = true;
    afterBlank = false;
  });
  return blocks;
}

/** Its words are drawn by the style sheet, so that they are no part of a text that is selected and copied. */
function pageMark(page) {
  return el("div", { class: "page-mark", role: "note", "aria-label": `第 ${page} 页`, "data-page": page });
}

/** For each line, the sections that begin in it. A blank line passes its own on to the next. */
function openings(lines, starts) {
  let next = 0;
  return lines.map((line) => {
    const opened = [];
    while (line.text.trim() && next < starts.length && starts[next].at < line.end) opened.push(starts[next++]);
    return opened;
  });
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

function renderLine(points, line, opened, marks, afterBlank) {
  const strong = [];
  let heading = null;
  for (const { section, at } of opened) {
    const end = emphasisEnd(points, section, at, line.end);
    if (end > at) strong.push({ start: at, end });
    const wholeLine = blankBetween(points, line.start, at) && blankBetween(points, end, line.end);
    if (!heading && end > at && wholeLine) heading = section;
  }
  const content = runs(points, line, opened, { mark: marks, strong: heading ? [] : strong });
  const tag = heading ? `h${Math.min(6, heading.level + 1)}` : "p";
  const names = ["line", heading ? "line-heading" : "", afterBlank ? "gap" : ""];
  return el(
    "div",
    { class: names.filter(Boolean).join(" ") },
    opened.length ? copyButton(opened[0].section) : null,
    el(tag, {}, content),
  );
}

/** A row's text is that of its line; the names of its columns and the separators can be put out of sight. */
function renderRow(points, { table, cells }, marks) {
  const row = table.columns.map(() => el("span", { class: "cell" }));
  for (const { start, end, nameEnd, column } of cells) {
    const key = [{ start, end: nameEnd }];
    const separator = points[end - 1] === SEPARATOR ? [{ start: end - 1, end }] : [];
    row[column].append(runs(points, { start, end }, [], { mark: marks, key, separator }));
  }
  return el("div", { class: "line line-row" }, ...row);
}

function tableBox(columns, afterBlank) {
  const head = columns.map((name) => el("span", { class: "cell", "data-name": name }));
  const box = el("div", { class: "table" }, el("div", { class: "table-head", "aria-hidden": "true" }, ...head));
  return el("div", { class: afterBlank ? "table-box gap" : "table-box" }, box);
}

/** Cut the line where a style or a section begins or ends: a node per piece, one mark around each marked stretch. */
function runs(points, line, opened, styles) {
  const cuts = new Set([line.start, line.end]);
  for (const { at } of opened) cuts.add(Math.max(line.start, at));
  for (const { start, end } of Object.values(styles).flat()) {
    if (start > line.start && start < line.end) cuts.add(start);
    if (end > line.start && end < line.end) cuts.add(end);
  }
  const edges = [...cuts].sort((a, b) => a - b);
  const covered = (ranges, at) => (ranges || []).some(({ start, end }) => start <= at && at < end);
  const content = document.createDocumentFragment();
  let mark = null; // the one that is open
  edges.forEach((start, index) => {
    const isEnd = index === edges.length - 1;
    if (isEnd || !covered(styles.mark, start)) mark = null;
    else if (!mark) content.append((mark = el("mark", { class: "cited" })));
    const place = mark || content;
    for (const { section, at } of opened) {
      if (Math.max(line.start, at) === start) place.append(el("span", { class: "anchor", id: `s${section.index}` }));
    }
    if (isEnd) return;
    let node = points.slice(start, edges[index + 1]).join("");
    if (covered(styles.key, start)) node = el("span", { class: "column-name" }, node);
    if (covered(styles.separator, start)) node = el("span", { class: "separator" }, node);
    if (covered(styles.strong, start)) node = el("strong", {}, node);
    place.append(node);
  });
  return content;
}

/** Where the section's heading or number ends within its first line; `at` itself when there is none. */
function emphasisEnd(points, section, at, lineEnd) {
  if (isParagraph(section)) return at; // a 款 has no number of its own
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
