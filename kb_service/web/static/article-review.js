// The articles that somebody should look at again, by what is the matter with them.

import { encodeId } from "./api.js";
import { articlePath } from "./article-badges.js";
import { articleTable } from "./article-rows.js";
import { timeElement } from "./moments.js";
import { block, el, ownPath } from "./text.js";
import { ticketPath } from "./ticket-rows.js";

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

const readerPath = (id, version) => `/documents/${encodeId(id)}?version=${encodeURIComponent(version)}`;

const REPLACEMENT_STATES = { confirmed: "客户已确认", resolved_with: "已用它解决" };

function failureItem({ outcome, reason, at, ticket_id: ticket, external_id: external }) {
  const name = outcome === "rejected" ? "否决" : "用后重开";
  const from = ticket ? el("a", { href: ticketPath(ticket) }, ticket) : external;
  return el("li", {}, from, from ? " " : null, name, reason ? `：${reason}` : "", " · ", timeElement(at));
}

function replacementItem({ title, version, state, at, document_id: document, ticket_id: ticket }) {
  const told = [document && ticket && el("a", { href: ticketPath(ticket) }, ticket), REPLACEMENT_STATES[state] || "已采用"];
  return el(
    "li",
    {},
    el("a", { href: document ? readerPath(document, version) : ticketPath(ticket) }, document ? title : `${ticket} ${title}`),
    el("span", { class: "hint" }, " ", ...told.filter(Boolean).flatMap((one) => [one, " · "]), timeElement(at)),
  );
}

/** A solution that failed, beside what helped afterwards. */
function contradictedItem({ document_id: id, version, title, article, failed, failures, by }) {
  const link = el("a", { href: article ? articlePath(article.article_id) : readerPath(id, version) }, title);
  return el(
    "li",
    { class: "contradicted" },
    el("h4", {}, link, el("span", { class: "flag-count" }, `${failed} 次未能解决`)),
    el("div", {}, el("p", { class: "hint" }, "没有解决的"), el("ul", {}, ...failures.map(failureItem))),
    el("div", {}, el("p", { class: "hint" }, "此后有效的办法"), el("ul", {}, ...by.map(replacementItem))),
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
