// The main figures of a report as tiles, each with the change to the period before.

import { differenceText, figureText } from "./figure-text.js";
import { button, el } from "./text.js";

/** Which figures stand in the row of tiles, and whether more of it is better (1) or worse (-1). */
const TILES = new Map([
  ["volume.created", 0],
  ["resolution.count", 0],
  ["volume.open_at_end", -1],
  ["response.within_target.value", 1],
  ["resolution.within_target.value", 1],
  ["resolution.median_working_seconds", -1],
  ["response.overdue", -1],
  ["resolution.overdue", -1],
  ["resolution_rate.value", 1],
  ["reopening_rate.value", -1],
  ["escalation_rate.value", 0],
  ["satisfaction.mean", 1],
  ["work.minutes_worked", 0],
]);

const read = (figures, path) => path.split(".").reduce((node, name) => node[name], figures);

/** A rate tells its counts, a mean how many it is of. */
function countsText(figures, name) {
  if (name === "satisfaction.mean") return `${figures.satisfaction.count} 次评价`;
  if (!name.endsWith(".value")) return "";
  const rate = read(figures, name.slice(0, -".value".length));
  return `${rate.numerator} / ${rate.denominator}`;
}

function changeNode({ name, previous, difference }, period) {
  if (difference === null) return el("span", { class: "tile-change" }, `上期 ${figureText(name, previous)}`);
  const better = Math.sign(difference) * TILES.get(name);
  const kind = better > 0 ? "is-better" : better < 0 ? "is-worse" : "";
  const title = `${period}：${figureText(name, previous)}`;
  return el("span", { class: `tile-change ${kind}`, title }, differenceText(name, difference));
}

/** What the figure counts, shown below it by its button: a hint for pointers, touch and screen readers alike. */
function definitionOf(name, title, text) {
  const id = `definition-${name.replaceAll(".", "-")}`;
  const words = el("p", { id, class: "tile-definition", hidden: true }, text);
  const given = { class: "tile-hint", title: text, "aria-label": `${title}的口径`, "aria-expanded": "false" };
  const opener = button("?", () => {
    words.hidden = !words.hidden;
    opener.setAttribute("aria-expanded", String(!words.hidden));
  }, { ...given, "aria-controls": id });
  return { opener, words };
}

function tile(change, { figures, comparison }, definitions) {
  const { name, current } = change;
  const { title, text } = definitions.of(name);
  const definition = definitionOf(name, title, text);
  const counts = countsText(figures, name);
  return el(
    "div",
    { class: "tile", "data-name": name },
    el("dt", {}, title, definition.opener),
    el(
      "dd",
      {},
      el("span", { class: `tile-value ${current === null ? "none" : ""}` }, figureText(name, current)),
      current !== null && counts ? el("span", { class: "tile-counts" }, counts) : null,
      el("span", { class: "tile-line" }, changeNode(change, comparison.period)),
      definition.words,
    ),
  );
}

export function reportTiles(report, definitions) {
  const changes = new Map(report.comparison.changes.map((one) => [one.name, one]));
  const shown = [...TILES.keys()].filter((name) => changes.has(name));
  return el("dl", { class: "tiles" }, ...shown.map((name) => tile(changes.get(name), report, definitions)));
}
