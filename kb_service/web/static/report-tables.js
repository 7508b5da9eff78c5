// The figures of a report by person, product and category, the openings by kind and channel, and its course in numbers.

import { figureText } from "./figure-text.js";
import { el } from "./text.js";

const COLUMNS = [
  ["新建", "volume.created"],
  ["关闭", "volume.closed"],
  ["期末在办", "volume.open_at_end"],
  ["响应达标", "response.within_target.value"],
  ["解决", "resolution.count"],
  ["解决达标", "resolution.within_target.value"],
  ["解决用时", "resolution.median_working_seconds"],
  ["重开率", "reopening_rate.value"],
  ["满意度", "satisfaction.mean"],
  ["工时", "work.minutes_worked"],
];
const VOLUME_COLUMNS = [
  ["期初在办", "open_at_start"],
  ["新建", "created"],
  ["重开", "reopened"],
  ["关闭", "closed"],
  ["取消", "cancelled"],
  ["期末在办", "open_at_end"],
];
const KNOWLEDGE_COLUMNS = [
  ["推荐", "suggestions"],
  ["有方案", "answered.value"],
  ["采用率", "adopted.value"],
  ["采用有效", "held.value"],
  ["否决", "rejected"],
  ["发布文章", "articles_published"],
  ["复用文章", "articles_reused"],
  ["检索", "searches"],
  ["无答案", "unanswered.value"],
];
const TREND_COLUMNS = [
  ["新建", "created"],
  ["解决", "resolved"],
  ["关闭", "closed"],
  ["结束时在办", "open_at_end"],
  ["工时", "minutes_worked"],
];
const KIND_NAMES = { incident: "故障", service_request: "服务请求", presales_request: "售前支持", question: "咨询" };

const read = (node, path) => path.split(".").reduce((one, name) => one[name], node);

/** @param rows [[name, figures]] */
function table(title, first, columns, rows) {
  if (!rows.length) return null;
  const cells = (figures) => columns.map(([, path]) => el("td", {}, figureText(path, read(figures, path))));
  const row = ([name, figures]) => el("tr", {}, el("th", { scope: "row" }, name), ...cells(figures));
  const heads = [first, ...columns.map(([name]) => name)].map((name) => el("th", { scope: "col" }, name));
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
export function trendTable({ trend, trend_unit: unit }) {
  const name = unit === "day" ? "每天的数字" : "每周的数字";
  const span = ({ first_day: first, last_day: last }) => (first === last ? first : `${first} 至 ${last}`);
  const rows = trend.map((point) => [span(point), point]);
  return el("details", { class: "trend" }, el("summary", {}, name), table(name, "日期", TREND_COLUMNS, rows));
}

export function reportTables(report) {
  const kinds = report.by_kind.map(({ kind, volume }) => [KIND_NAMES[kind] || kind, volume]).filter(happened);
  const channels = report.by_channel.map(({ channel, volume }) => [channel, volume]);
  return [
    table("知识的使用", "范围", KNOWLEDGE_COLUMNS, [["全部门", report.knowledge]]),
    table("按人员", "人员", COLUMNS, groupRows(report.by_assignee)),
    table("按产品", "产品", COLUMNS, groupRows(report.by_product)),
    table("按类别", "类别", COLUMNS, groupRows(report.by_category)),
    table("按类型", "类型", VOLUME_COLUMNS, kinds),
    table("按渠道", "渠道", VOLUME_COLUMNS, channels),
  ].filter(Boolean);
}
