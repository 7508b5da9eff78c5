// The course of a period as plots: bars and lines drawn as SVG, one slot for each day or week.

import { el } from "./text.js";

const WIDTH = 400;
const HEIGHT = 190;
const LEFT = 30;
const RIGHT = 8;
const TOP = 10;
const BOTTOM = 22;
const MOST_LABELS = 7;

function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** A step of 1, 2 or 5 times a power of ten that cuts `most` into at most five. */
function niceStep(most) {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1) / 5));
  return Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((step) => most / step <= 5));
}

/** 11-05 for a day; the first day stands for a week. */
const dayText = ({ first_day: day }) => day.slice(5);
const spanText = ({ first_day: first, last_day: last }) => (first === last ? first : `${first} 至 ${last}`);

/** Shown while the pointer rests on what stands for the value. */
const note = (point, name, value) => svg("title", {}, `${spanText(point)} ${name} ${value}`);

function axes(points, step, top, y, slot) {
  const nodes = [];
  for (let value = 0; value <= top; value += step) {
    nodes.push(svg("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }));
    nodes.push(svg("text", { class: "tick", x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, String(value)));
  }
  const every = Math.ceil(points.length / MOST_LABELS);
  points.forEach((point, index) => {
    if (index % every) return;
    const x = LEFT + slot * (index + 0.5);
    nodes.push(svg("text", { class: "tick", x, y: HEIGHT - 6, "text-anchor": "middle" }, dayText(point)));
  });
  return nodes;
}

function bars(points, series, y, slot) {
  const width = Math.min(18, (slot * 0.76) / series.length);
  return points.flatMap((point, index) =>
    series.map(({ read, name, className }, number) => {
      const value = read(point);
      const x = LEFT + slot * (index + 0.5) + (number - series.length / 2) * width;
      const place = { x, width: Math.max(1, width - 1), y: y(value), height: y(0) - y(value) };
      return svg("rect", { class: className, ...place }, note(point, name, value));
    }),
  );
}

function line(points, { read, name, className }, y, slot) {
  const at = points.map((point, index) => [LEFT + slot * (index + 0.5), y(read(point))]);
  const dots = at.map(([cx, cy], index) => {
    const point = points[index];
    return svg("circle", { class: className, cx, cy, r: 2.5 }, note(point, name, read(point)));
  });
  return [svg("polyline", { class: className, points: at.map((pair) => pair.join(",")).join(" ") }), ...dots];
}

/**
 * @param points of the report's trend
 * @param slots how many days or weeks the whole period has, so that one under way leaves room for the rest
 * @param series [{name, className, read(point), isLine}]
 */
function plot(title, points, slots, series) {
  const most = Math.max(1, ...points.flatMap((point) => series.map(({ read }) => read(point))));
  const step = niceStep(most);
  const top = Math.ceil(most / step) * step;
  const slot = (WIDTH - LEFT - RIGHT) / slots;
  const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top);
  const image = svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": title, class: "plot" },
    ...axes(points, step, top, y, slot),
    ...bars(points, series.filter((one) => !one.isLine), y, slot),
    ...series.filter((one) => one.isLine).flatMap((one) => line(points, one, y, slot)),
  );
  const legend = series.map(({ name, className }) => el("span", { class: `legend ${className}` }, name));
  return el(
    "figure",
    { class: "sheet plot-sheet" },
    el("figcaption", {}, el("h2", {}, title), series.length > 1 ? el("span", { class: "legends" }, ...legend) : null),
    image,
  );
}

const DAY_MS = 86400000;

function slotCount({ starts_at: start, ends_at: end, trend, trend_unit: unit }) {
  const days = Math.round((new Date(end) - new Date(start)) / DAY_MS);
  return Math.max(trend.length, unit === "day" ? days : Math.ceil(days / 7));
}

export function reportPlots(report) {
  const each = report.trend_unit === "day" ? "每天" : "每周";
  const slots = slotCount(report);
  return [
    plot(`${each}新建与解决`, report.trend, slots, [
      { name: "新建", className: "series-created", read: (point) => point.created },
      { name: "解决", className: "series-resolved", read: (point) => point.resolved },
    ]),
    plot(`${each}结束时的在办`, report.trend, slots, [
      { name: "在办", className: "series-open", read: (point) => point.open_at_end, isLine: true },
    ]),
    plot(`${each}工时（小时）`, report.trend, slots, [
      { name: "工时", className: "series-worked", read: (point) => Math.round(point.minutes_worked / 6) / 10 },
    ]),
  ];
}
