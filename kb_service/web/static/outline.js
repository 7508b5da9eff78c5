// The outline at the side of a document: nested links to its sections, the one being read made out.

import { el } from "./text.js";

const READING_LINE = 120; // the last section that begins above this height (px) is the one being read
const FIRST_WORDS = 40;

const box = document.getElementById("outline-box");
const outline = document.getElementById("outline");

/** @param points the text of the document as an array of code points */
export function showOutline(sections, points) {
  box.hidden = sections.length === 0;
  outline.replaceChildren(level(sections, null, points));
}

function level(sections, parent, points) {
  const known = new Set(sections.map((one) => one.index));
  const children = sections.filter((one) => (known.has(one.parent) ? one.parent : null) === parent);
  if (!children.length) return "";
  const items = children.map((one) => {
    const link = el("a", { href: `#s${one.index}` }, ...label(one, sections, points));
    return el("li", {}, link, level(sections, one.index, points));
  });
  return el("ol", {}, ...items);
}

/** The section's own heading; a bare article number is followed by the first words of its text. */
function label(section, sections, points) {
  const marker = section.marker || "";
  const parent = sections.find((one) => one.index === section.parent);
  const own = section.heading && !(parent && parent.heading === section.heading) ? section.heading : "";
  if (own && own !== marker) return [own.startsWith(marker) ? own : `${marker} ${own}`];
  const text = points.slice(section.start_char, section.start_char + FIRST_WORDS).join("").trim();
  const words = marker && text.startsWith(marker) ? text.slice(marker.length).trim().split("\n")[0] : "";
  const gap = /^[、，．.：:]/u.test(words) ? "" : " "; // punctuation stays with the number
  return [marker || section.label, words ? el("span", { class: "first-words" }, gap + words) : ""];
}

/** Make out the section being read, and keep its link in view where the outline scrolls by itself. */
export function followReading(textBox) {
  let current = "";
  for (const anchor of textBox.querySelectorAll(".anchor")) {
    if (anchor.getBoundingClientRect().top > READING_LINE) break;
    current = `#${anchor.id}`;
  }
  for (const link of outline.querySelectorAll("a")) {
    const here = link.hash === current;
    if (here === link.hasAttribute("aria-current")) continue;
    if (here) link.setAttribute("aria-current", "location");
    else link.removeAttribute("aria-current");
    if (here) keepInView(link);
  }
}

function keepInView(link) {
  if (box.scrollHeight <= box.clientHeight) return;
  const frame = box.getBoundingClientRect();
  const spot = link.getBoundingClientRect();
  if (spot.top < frame.top || spot.bottom > frame.bottom) {
    box.scrollTop += spot.top - frame.top - frame.height / 2;
  }
}
