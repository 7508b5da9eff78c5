// Rows of the table of articles.

import { articlePath, articleState, foundBadge } from "./article-badges.js";
import { timeElement } from "./moments.js";
import { el } from "./text.js";

const cell = (name, ...children) => el("td", { role: "cell", class: `cell-${name}` }, ...children);

export function articleRow(article, workflow) {
  const { article_id: id, title, flags } = article;
  return el(
    "tr",
    { role: "row", "data-article-id": id },
    cell("id", id),
    cell("title", el("a", { class: "ticket-link", href: articlePath(id) }, title)),
    cell("product", article.product || ""),
    cell("category", article.category || ""),
    cell("state", articleState(article.state, workflow), article.state === "published" ? null : liveNote(article)),
    cell("flags", flags.length ? el("span", { class: "flag-count" }, `${flags.length} 处标记`) : ""),
    cell("author", article.author),
    cell("reuse", article.reuse_count ? `${article.reuse_count} 次` : ""),
    cell("changed", timeElement(article.changed_at)),
  );
}

/** A text may be found while the next one is drafted. */
const liveNote = (article) => (article.published ? foundBadge(article) : null);

const COLUMNS = ["编号", "标题", "产品", "类别", "状态", "标记", "作者", "复用", "变更"];

export function articleTable(name, articles, workflow) {
  const heads = COLUMNS.map((column) => el("th", { role: "columnheader", scope: "col" }, column));
  return el(
    "table",
    { class: "queue articles", role: "table", "aria-label": name },
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, ...heads)),
    el("tbody", { role: "rowgroup" }, ...articles.map((one) => articleRow(one, workflow))),
  );
}
