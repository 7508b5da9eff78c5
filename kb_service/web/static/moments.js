// Moments and lengths of time in words, and the badge of a service clock.

import { el } from "./text.js";

const pad = (number) => String(number).padStart(2, "0");
const dayOf = (date) => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;

/** 今天 09:20, 11-26 09:20, 2025-11-26 09:20: in the zone of this browser. */
export function momentText(moment) {
  const date = new Date(moment);
  const now = new Date();
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}`;
  if (dayOf(date) === dayOf(now)) return `今天 ${time}`;
  const day = dayOf(date);
  return `${date.getFullYear() === now.getFullYear() ? day.slice(5) : day} ${time}`;
}

export function timeElement(moment) {
  return el("time", { datetime: moment, title: new Date(moment).toLocaleString("zh-CN") }, momentText(moment));
}

/** 35 分, 1 小时 20 分, 2 天 3 小时; "" for less than a minute. */
export function durationText(milliseconds) {
  const minutes = Math.floor(milliseconds / 60000);
  const hours = Math.floor(minutes / 60);
  const long = [[Math.floor(hours / 24), "天"], [hours % 24, "小时"]];
  const short = [[hours, "小时"], [minutes % 60, "分"]];
  return (hours >= 48 ? long : short).filter(([count]) => count).map(([count, unit]) => `${count} ${unit}`).join(" ");
}

/** What is left of a promise, or became of it. */
function clockText({ state, due_at: due }) {
  if (state === "paused") return "暂停";
  if (state === "met") return "按时";
  if (state === "missed") return "超时完成";
  if (state === "void") return "不再计时";
  const left = new Date(due) - Date.now();
  if (left < 0) return durationText(-left) ? `已超 ${durationText(-left)}` : "刚超时";
  return durationText(left) ? `剩 ${durationText(left)}` : "剩不到 1 分";
}

export function clockBadge(clock, name) {
  const { state, target, due_at: due, met_at: met } = clock;
  const promise = `${name}时限 ${target}`;
  const when = met ? `，${momentText(met)} 完成` : due ? `，${momentText(due)} 到期` : "";
  return el("span", { class: `clock clock-${state}`, title: promise + when }, clockText(clock));
}
