// The outline at the side of a document: nested links to its sections, the one being read made out. The paragraphs
// of an article (款) are folded under it.

import { fragmentOf } from "./address.js";
import { el, isParagraph } from "./text.js";

const READING_LINE = 100; // the last section that begins above this height (px) is the one being read
const FIRST_WORDS = 40;

const box = document.getElementById("outline-box");
const outline = document.getElementById("outline");

/** @param points the text of the document as an array of code points */
export function showOutline(sections, points) {
  box.hidden = sections.length === 0;
  const children = new Map(); // index of the enclosing section, null at the outermost level -> sections
  const known = new Map(sections.map((one) => [one.index, one]));
  for (const one of sections) {
    const parent = known.has(one.parent) ? one.parent : null;
    children.set(parent, [...(children.get(parent) || []), one]);
  }
  outline.replaceChildren(level(null, { children, known, points }));
}

function level(parent, tree) {
  const sections = tree.children.get(parent);
  if (!sections) return "";
  return el("ol", {}, ...sections.map((one) => item(one, tree)));
}

function item(section, tree) {
  const link = el("a", { href: fragmentOf(section), "data-section": section.index }, ...label(section, tree));
  const below = level(section.index, tree);
  const count = (tree.children.get(section.index) || []).filter(isParagraph).length;
  if (!count) return el("li", {}, link, below);
  below.hidden = true;
  const fold = el("button", { class: "fold", type: "button", "aria-expanded": "false" }, `${count} 款`);
  fold.addEventListener("click", () => {
    below.hidden = !below.hidden;
    fold.setAttribute("aria-expanded", String(!below.hidden));
  });
  return el("li", {}, el("div", { class: "foldable" }, link, fold), below);
}

/** The section's own heading; a bare article number is followed by the first words of its text. */
function label(section, { known, points }) {
  const marker = section.marker || "";
  const parent = known.get(section.parent);
  const own = section.heading && !(parent && parent.heading === section.heading) ? section.heading : "";
  if (own && own !== marker && !isParagraph(section)) return [own.startsWith(marker) ? own : `${marker} ${own}`];
  const text = points.slice(section.start_char, section.start_char + FIRST_WORDS).join("").trim();
  if (isParagraph(section)) {
    const number = parent && parent.marker; // the first paragraph begins with that of its article
    const first = number && text.startsWith(number) ? text.slice(number.length) : text;
    return [marker || own, el("span", { class: "first-words" }, ` ${first.trim().split("\n")[0]}`)];
  }
  const words = marker && text.startsWith(marker) ? text.slice(marker.length).trim().split("\n")[0] : "";
  const gap = /^[、，．.：:]/u.test(words) ? "" : " "; // punctuation stays with the number
  return [marker || section.label, words ? el("span", { class: "first-words" }, gap + words) : ""];
}

/** Make out the section being read, and keep its link in view where the outline scrolls by itself. */
export function followReading(textBox) {
  let current = "";
  for (const anchor of textBox.querySelectorAll(".anchor")) {
    if (anchor.getBoundingClientRect().top > READING_LINE) break;
    current = anchor.id.slice(1);
  }
  const reading = current && visibleLink(outline.querySelector(`a[data-section="${current}"]`));
  for (const link of outline.querySelectorAll("a[aria-current]")) {
    if (link !== reading) link.removeAttribute("aria-current");
  }
  if (!reading || reading.hasAttribute("aria-current")) return;
  reading.setAttribute("aria-current", "location");
  keepInView(reading);
}

/** The link itself, or that of the section under which it is folded. */
function visibleLink(link) {
  const folded = link && link.closest("ol[hidden]");
  return folded ? folded.parentElement.querySelector("a") : link;
}

function keepInView(link) {
  if (box.scrollHeight <= box.clientHeight) return;
  const frame = box.getBoundingClientRect();
  const spot = link.getBoundingClientRect();
  if (spot.top < frame.top || spot.bottom > frame.bottom) {
    box.scrollTop += spot.top - frame.top - frame.height / 2;
  }
}
