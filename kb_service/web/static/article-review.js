// The articles that somebody should look at again, by what is the matter with them.

import { articleTable } from "./article-rows.js";
import { contradictedItem } from "./contradiction.js";
import { block, el, ownPath } from "./text.js";

const LISTS = [
  ["flagged", "使用者标记了问题"],
  ["edited", "使用者改了办法才采用"],
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
export function reviewSections(review, workflow) {
  const sections = LISTS.filter(([key]) => review[key].length).map(([key, name]) =>
    block(name, review[key].length, articleTable(name, review[key], workflow)),
  );
  if (review.contradicted.length) {
    const name = "与较新的办法矛盾";
    const items = review.contradicted.map(contradictedItem);
    sections.unshift(block(name, items.length, el("ul", { "aria-label": name }, ...items)));
  }
  const groups = review.duplicates;
  if (groups.length) {
    sections.push(block("内容几乎相同", groups.length, el("ul", {}, ...groups.map(duplicateItem))));
  }
  return sections;
}
