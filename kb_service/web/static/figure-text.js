// Figures in words. A figure without anything to count is told as such and never as 0.

export const NONE = "—";

/** How a figure is told, by its place in the report's figures. */
export function unitOf(name) {
  if (name.endsWith(".value")) return "share";
  if (name.endsWith("_seconds")) return "seconds";
  if (name.endsWith("minutes_worked")) return "minutes";
  return name.endsWith(".mean") ? "score" : "count";
}

function hoursText(minutes) {
  if (minutes > 0 && minutes < 1) return "不到 1 分";
  return minutes < 59.5 ? `${Math.round(minutes)} 分` : `${(minutes / 60).toFixed(1)} 小时`;
}

const TEXTS = {
  count: (value) => value.toLocaleString("zh-CN"),
  share: (value) => `${(value * 100).toFixed(1)}%`,
  seconds: (value) => hoursText(value / 60),
  minutes: hoursText,
  score: (value) => value.toFixed(2),
};

export function figureText(name, value) {
  return value === null ? NONE : TEXTS[unitOf(name)](value);
}

/** 比上期 +3, 比上期 −2.5 个百分点, 与上期持平. */
export function differenceText(name, difference) {
  const unit = unitOf(name);
  const size = Math.abs(difference);
  const text = unit === "share" ? `${(size * 100).toFixed(1)} 个百分点` : TEXTS[unit](size);
  const nothing = unit === "share" ? "0.0 个百分点" : TEXTS[unit](0);
  return text === nothing ? "与上期持平" : `比上期 ${difference > 0 ? "+" : "−"}${text}`;
}
