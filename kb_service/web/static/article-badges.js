// Where an article is, and badges that say how it stands.

import { el } from "./text.js";

export const articlePath = (articleId) => `/articles/${encodeURIComponent(articleId)}`;

export const articleState = (state, workflow) =>
  el("span", { class: "state", "data-state": state }, workflow.stateName(state));

/** Whether searches find the published text; null where nothing is to be said. */
export function foundBadge({ published, searchable }) {
  if (published) return el("span", { class: `found ${searchable ? "is-found" : ""}` }, searchable ? "可被检索到" : "正在进入检索");
  return searchable ? null : el("span", { class: "found" }, "正在从检索中撤下");
}
