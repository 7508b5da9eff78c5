// The figures of a report by person, product and category, the openings by kind and channel, and its course in numbers.

import { figureText } from "./figure-text.js";
import { el } from "./text.js";

const COLUMNS = [
  "volume.created",
  "volume.closed",
  "volume.open_at_end",
  "response.within_target.value",
  "resolution.count",
  "resolution.within_target.value",
  "resolution.median_working_seconds",
  "reopening_rate.value",
  "satisfaction.mean",
  "work.minutes_worked",
];
const VOLUME_COLUMNS = ["open_at_start", "created", "reopened", "closed", "cancelled", "open_at_end"];
const KNOWLEDGE_COLUMNS = [
  "suggestions",
  "answered.value",
  "adopted.value",
  "held.value",
  "rejected",
  "articles_published",
  "articles_reused",
  "searches",
  "unanswered.value",
];
const TREND_COLUMNS = ["created", "resolved", "closed", "open_at_end", "minutes_worked"];

const read = (node, path) => path.split(".").reduce((one, name) => one[name], node);

/**
 * @param place of the figures in the report, such as "volume."
 * @param columns places inside it
 * @param rows [[name, figures]]
 */
function table(title, first, place, columns, rows, definitions) {
  if (!rows.length) return null;
  const cells = (figures) => columns.map((path) => el("td", {}, figureText(path, read(figures, path))));
  const row = ([name, figures]) => el("tr", {}, el("th", { scope: "row" }, name), ...cells(figures));
  const told = columns.map((path) => definitions.of(place + path));
  const heads = [{ title: first }, ...told].map((one) => el("th", { scope: "col", title: one.text }, one.title));
  return el(
    "section",
    { class: "sheet table-sheet" },
    el("h2", {}, title),
    el(
      "div",
      { class: "table-scroll", tabindex: "0", role: "region", "aria-label": title },
      el(
        "table",
        { class: "figures" },
        el("thead", {}, el("tr", {}, ...heads)),
        el("tbody", {}, ...rows.map(row)),
      ),
    ),
  );
}

const groupRows = (groups) => groups.map(({ key, figures }) => [key === null ? "（未填）" : key, figures]);
const happened = ([, volume]) => Object.values(volume).some(Boolean);

/** What the plots show, in numbers. */
export function trendTable({ trend, trend_unit: unit }, definitions) {
  const name = unit === "day" ? "每天的数字" : "每周的数字";
  const span = ({ first_day: first, last_day: last }) => (first === last ? first : `${first} 至 ${last}`);
  const rows = trend.map((point) => [span(point), point]);
  const shown = table(name, "日期", "trend.", TREND_COLUMNS, rows, definitions);
  return el("details", { class: "trend" }, el("summary", {}, name), shown);
}

export function reportTables(report, definitions) {
  const kinds = report.by_kind.map(({ name, volume }) => [name, volume]).filter(happened);
  const channels = report.by_channel.map(({ channel, volume }) => [channel, volume]);
  return [
    ["知识的使用", "范围", "knowledge.", KNOWLEDGE_COLUMNS, [["全部门", report.knowledge]]],
    ["按人员", "人员", "", COLUMNS, groupRows(report.by_assignee)],
    ["按产品", "产品", "", COLUMNS, groupRows(report.by_product)],
    ["按类别", "类别", "", COLUMNS, groupRows(report.by_category)],
    ["按类型", "类型", "volume.", VOLUME_COLUMNS, kinds],
    ["按渠道", "渠道", "volume.", VOLUME_COLUMNS, channels],
  ]
    .map((one) => table(...one, definitions))
    .filter(Boolean);
}
