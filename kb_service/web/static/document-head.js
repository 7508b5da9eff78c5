// The head of a document: title, kind, dates, versions, the banner of a version not in force, a ticket's attributes.

import { el, kindBadge, today, versionText } from "./text.js";

const ATTRIBUTE_NAMES = {
  category: "分类",
  priority: "优先级",
  channel: "渠道",
  line: "处理层级",
  opened_at: "受理时间",
  resolved_at: "解决时间",
};

const byId = (id) => document.getElementById(id);

/**
 * @param compared         the version that the shown one is compared with, "" for none
 * @param addressOfVersion the address that opens a version of this document
 */
export function showHead(data, compared, addressOfVersion) {
  byId("title").textContent = data.title;
  byId("kind").replaceChildren(kindBadge(data.kind));
  fill("product", data.product);
  fill("effective", effectiveText(data));
  fill("source", data.source ? `来源：${data.source}` : "");
  showVersions(data, compared);
  showBanner(data, addressOfVersion);
  showBarTitle(data);
  showAttributes(data);
}

function fill(id, text) {
  byId(id).textContent = text || "";
  byId(id).hidden = !text;
}

function effectiveText({ effective_from: from, effective_to: to }) {
  if (from && to) return `${from} 至 ${to} 有效`;
  if (from) return `${from} 起有效`;
  return to ? `有效至 ${to}` : "";
}

/** Is a version in force, over, or still to come? */
function standing({ in_force: inForce, effective_from: from, effective_to: to }) {
  if (inForce) return "现行";
  if (from && from > today()) return "尚未生效";
  return to && to < today() ? "已失效" : "非现行";
}

function showVersions(data, compared) {
  const versions = data.versions || [];
  const several = versions.length > 1;
  byId("version-field").hidden = !several;
  byId("compare-field").hidden = !several;
  fill("version-single", !several && data.version ? versionText(data.version) : "");
  const versionSelect = byId("version");
  versionSelect.replaceChildren(
    ...versions.map((one) => el("option", { value: one.version }, `${one.version}（${standing(one)}）`)),
  );
  versionSelect.value = data.version;
  const others = versions.filter((one) => one.version !== data.version);
  const compareSelect = byId("compare");
  compareSelect.replaceChildren(
    el("option", { value: "" }, compared ? "不比较" : "其他版本…"),
    ...others.map((one) => el("option", { value: one.version }, versionText(one.version))),
  );
  compareSelect.value = compared;
}

function showBanner(data, addressOfVersion) {
  const banner = byId("banner");
  const state = standing(data);
  banner.hidden = state === "现行";
  banner.dataset.standing = state;
  const notes = {
    已失效: `这个版本已于 ${data.effective_to} 到期，只供查考。`,
    尚未生效: `这个版本从 ${data.effective_from} 起执行。`,
    非现行: "这个版本目前不执行。",
  };
  const current = (data.versions || []).find((one) => one.in_force);
  const address = current && addressOfVersion(current.version);
  const link = current ? el("a", { href: address }, `查看现行的 ${versionText(current.version)}`) : "";
  banner.replaceChildren(el("strong", {}, state), notes[state] || "", link);
}

/** What the bar says once the document's own head is out of sight: which text this is, and whether it is in force. */
function showBarTitle(data) {
  const state = standing(data);
  const warning = state === "现行" ? null : el("strong", { class: "bar-standing" }, state);
  byId("bar-title").replaceChildren(...[warning, data.title].filter(Boolean));
}

function showAttributes(data) {
  const given = data.attributes || {};
  const names = data.kind === "ticket" ? Object.keys(ATTRIBUTE_NAMES).filter((name) => given[name]) : [];
  byId("attributes").hidden = names.length === 0;
  byId("attributes").replaceChildren(
    ...names.map((name) => {
      const value = name.endsWith("_at") ? timeText(String(given[name])) : String(given[name]);
      return el("div", {}, el("dt", {}, ATTRIBUTE_NAMES[name]), el("dd", {}, value));
    }),
  );
}

/** 2024-07-08T09:25:00+08:00 -> 2024-07-08 09:25, in the zone it was written in. */
function timeText(stamp) {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)/.exec(stamp);
  return match ? `${match[1]} ${match[2]}` : stamp;
}
