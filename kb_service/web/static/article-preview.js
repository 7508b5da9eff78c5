// The article as its readers will see it.

import { el } from "./text.js";

const PARTS = ["symptom", "environment", "cause", "solution"];

/** Steps stand one on a line; those that are not numbered yet get their numbers here. */
function steps(text) {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  const numbered = lines.some((line) => /^(\d+[.、)）]|[一二三四五六七八九十]+、|第.步)/.test(line));
  if (lines.length < 2 || numbered) return el("p", { class: "preview-text" }, text);
  return el("ol", { class: "preview-steps" }, ...lines.map((line) => el("li", {}, line)));
}

/** @param content the fields by name, nothing or "" for those that are empty */
export function previewNodes(content, workflow) {
  const about = [content.product, content.product_version, content.category].filter(Boolean).join(" · ");
  return [
    el("h3", { class: "preview-title" }, content.title || "（没有标题）"),
    about ? el("p", { class: "hint" }, about) : null,
    ...PARTS.filter((name) => content[name]).flatMap((name) => [
      el("h4", {}, workflow.contentName(name)),
      name === "solution" ? steps(content[name]) : el("p", { class: "preview-text" }, content[name]),
    ]),
  ].filter(Boolean);
}
