// Building blocks the pages share: safe DOM construction and text addressed by Unicode code points.

export const KIND_NAMES = { regulation: "制度", faq: "常见问题", manual: "手册", ticket: "工单" };

/** Where the search page leaves its address, so that the reader can lead back to it. */
export const LAST_SEARCH_KEY = "kb.last-search";

/** Create an element. Children given as strings become text nodes, so nothing is ever parsed as markup. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A button that does something on the page itself. */
export function button(text, onClick, attributes = {}) {
  const node = el("button", { type: "button", ...attributes }, text);
  node.addEventListener("click", onClick);
  return node;
}

/** A text of limited height and the button that unfolds it; `offer` shows the button if needed, once laid out. */
export function foldedText(text, name) {
  const body = el("p", { class: `${name} folded` }, text);
  const unfold = button("展开", () => {
    const folded = body.classList.toggle("folded");
    unfold.textContent = folded ? "展开" : "收起";
    unfold.setAttribute("aria-expanded", String(!folded));
  }, { class: "link unfold", "aria-expanded": "false", hidden: true });
  return {
    nodes: [body, unfold],
    offer: () => {
      unfold.hidden = body.scrollHeight <= body.clientHeight + 1;
    },
  };
}

/** A part of a panel with its heading and how many there are of it. */
export function block(name, count, ...children) {
  const heading = el("h3", { class: "block-title" }, name, " ", el("span", { class: "hint" }, String(count)));
  return el("section", { class: "block" }, heading, ...children);
}

export function kindBadge(kind) {
  const known = Object.prototype.hasOwnProperty.call(KIND_NAMES, kind);
  return el("span", { class: `badge ${known ? `badge-${kind}` : ""}` }, known ? KIND_NAMES[kind] : String(kind));
}

/** 2026 -> 2026 版, 1 -> 第 1 版. */
export function versionText(version) {
  return /^\d{1,3}$/.test(version) ? `第 ${version} 版` : `${version} 版`;
}

/** The day of this browser as YYYY-MM-DD; such dates compare as text. */
export function today() {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
}

/** Is the section a 款, a paragraph inside an article that is cited by counting? */
export function isParagraph({ clause_id: id }) {
  return /(?:^|__)para_\d+$/.test(id || "");
}

/** The address if it stays on this site, otherwise null (no javascript:, no foreign host). */
export function ownPath(address) {
  try {
    const url = new URL(String(address), location.origin);
    return url.origin === location.origin ? url.pathname + url.search + url.hash : null;
  } catch {
    return null;
  }
}

/** Sort ranges, clip them to the text, drop the empty ones and join those that touch. */
export function mergeRanges(ranges, length) {
  const merged = [];
  const clipped = (ranges || [])
    .map(({ start, end }) => ({ start: Math.max(0, start), end: Math.min(length, end) }))
    .filter(({ start, end }) => start < end)
    .sort((a, b) => a.start - b.start);
  for (const range of clipped) {
    const last = merged[merged.length - 1];
    if (last && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else merged.push(range);
  }
  return merged;
}

/** The text as nodes, with <mark> around the ranges. Offsets count code points, not UTF-16 units. */
export function markedText(text, ranges) {
  const points = Array.from(text);
  const nodes = [];
  let at = 0;
  for (const { start, end } of mergeRanges(ranges, points.length)) {
    if (start > at) nodes.push(points.slice(at, start).join(""));
    nodes.push(el("mark", {}, points.slice(start, end).join("")));
    at = end;
  }
  if (at < points.length) nodes.push(points.slice(at).join(""));
  return nodes;
}

/** Marked text with one range of it, if any, in an element of that class. */
export function framedText(text, ranges, frame, name) {
  if (!frame) return markedText(text, ranges);
  const points = Array.from(text);
  const piece = (start, end) =>
    markedText(
      points.slice(start, end).join(""),
      (ranges || []).map((range) => ({ start: range.start - start, end: range.end - start })),
    );
  return [
    ...piece(0, frame.start),
    el("span", { class: name }, ...piece(frame.start, frame.end)),
    ...piece(frame.end, points.length),
  ];
}

/** Remember a value for this tab; a browser that refuses storage is no error. */
export function remember(key, value) {
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // Storage may be switched off: the reader then leads back to the empty search page.
  }
}

export function recall(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}
