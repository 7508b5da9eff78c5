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
  const whole = Math.round(minutes);
  const [hours, rest] = [Math.floor(whole / 60), whole % 60];
  return [hours && `${hours} 小时`, (rest || !hours) && `${rest} 分`].filter(Boolean).join(" ");
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

/** +3, −2.5 个百分点; "持平" where nothing has changed. */
export function differenceText(name, difference) {
  const unit = unitOf(name);
  const size = Math.abs(difference);
  const text = unit === "share" ? `${(size * 100).toFixed(1)} 个百分点` : TEXTS[unit](size);
  const nothing = unit === "share" ? "0.0 个百分点" : TEXTS[unit](0);
  return text === nothing ? "持平" : `${difference > 0 ? "+" : "−"}${text}`;
}
