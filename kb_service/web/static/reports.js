// The report of a month or a quarter; which one lives in the address.

import { getJson } from "./api.js";
import { definitionsOf } from "./definitions.js";
import { momentText } from "./moments.js";
import { MONTH, QUARTER, currentPeriod, periodBeside, periodOfLength, readPeriod } from "./periods.js";
import { reportPlots } from "./report-plots.js";
import { reportTables, trendTable } from "./report-tables.js";
import { reportTiles } from "./report-tiles.js";
import { el } from "./text.js";

const byId = (id) => document.getElementById(id);
const holder = byId("report");

let running = null; // AbortController of the request under way

function periodFromAddress() {
  const named = new URLSearchParams(location.search).get("period");
  return readPeriod(named) ? named : currentPeriod(MONTH);
}

function show(report) {
  byId("title").textContent = `${report.title}统计`;
  document.title = `${report.title}统计 - 技术支持知识库`;
  const until = momentText(report.generated_at);
  byId("status").textContent = report.complete ? "" : `本期未完，数字截至${until}，数量不宜直接与上期比较`;
  const definitions = definitionsOf(report);
  holder.replaceChildren(
    reportTiles(report, definitions),
    el("div", { class: "plots" }, ...reportPlots(report)),
    trendTable(report, definitions),
    ...reportTables(report, definitions),
  );
  byId("error").hidden = true;
}

function showError(error) {
  byId("title").textContent = "统计报表";
  byId("error-title").textContent = error.title || "页面出错";
  byId("error-detail").textContent = error.detail || "报表无法显示，请重试；仍不行请联系管理员。";
  byId("error").hidden = false;
  byId("status").textContent = "";
  holder.replaceChildren();
}

async function load(period) {
  if (running) running.abort();
  const controller = new AbortController();
  running = controller;
  holder.setAttribute("aria-busy", "true");
  try {
    const report = await getJson(`/v1/reports/${period}`, controller.signal);
    if (running === controller) show(report);
  } catch (error) {
    if (running !== controller) return; // a newer request has taken over
    showError(error);
  }
  if (running !== controller) return;
  holder.setAttribute("aria-busy", "false");
  running = null;
  const failed = !byId("error").hidden;
  for (const [id, file] of [["workbook", `${period}.xlsx`], ["working-time", `${period}/working-time.docx`]]) {
    byId(id).href = `/v1/reports/${file}`;
    byId(id).hidden = failed;
  }
}

function showAddress() {
  const period = periodFromAddress();
  const { months, index } = readPeriod(period);
  for (const chip of byId("lengths").children) {
    chip.setAttribute("aria-pressed", String(Number(chip.dataset.months) === months));
  }
  const current = currentPeriod(months);
  byId("next").disabled = index >= readPeriod(current).index;
  byId("current").disabled = period === current;
  load(period);
}

function go(period) {
  history.pushState(null, "", `/reports?period=${period}`);
  showAddress();
}

byId("lengths").replaceChildren(
  ...[[MONTH, "月报"], [QUARTER, "季报"]].map(([months, name]) =>
    el("button", { class: "chip", type: "button", "data-months": months }, name),
  ),
);
byId("lengths").addEventListener("click", (event) => {
  const chip = event.target.closest(".chip");
  if (chip) go(periodOfLength(periodFromAddress(), Number(chip.dataset.months)));
});
byId("previous").addEventListener("click", () => go(periodBeside(periodFromAddress(), -1)));
byId("next").addEventListener("click", () => go(periodBeside(periodFromAddress(), 1)));
byId("current").addEventListener("click", () => go(currentPeriod(readPeriod(periodFromAddress()).months)));
byId("retry").addEventListener("click", showAddress);
addEventListener("popstate", showAddress);
showAddress();
