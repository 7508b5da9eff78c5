// The articles that somebody should look at again, by what is the matter with them.

import { articleTable } from "./article-rows.js";
import { block, el, ownPath } from "./text.js";

const LISTS = [
  ["flagged", "使用者标记了问题"],
  ["overdue", "到了复核时间"],
  ["unused", "90 天没有用来解决过工单"],
];

function duplicateItem({ similarity, documents }) {
  const links = documents.map((one) => el("li", {}, el("a", { href: ownPath(one.url) }, one.title)));
  return el(
    "li",
    { class: "duplicate-group" },
    el("p", { class: "hint" }, `相似度 ${Math.round(similarity * 100)}%`),
    el("ul", {}, ...links),
  );
}

/** The sections, those that are empty left out. */
export function reviewSections(review) {
  const sections = LISTS.filter(([key]) => review[key].length).map(([key, name]) =>
    block(name, review[key].length, articleTable(name, review[key])),
  );
  const groups = review.duplicates;
  if (groups.length) {
    sections.push(block("内容几乎相同", groups.length, el("ul", {}, ...groups.map(duplicateItem))));
  }
  return sections;
}
