// A solution that failed, and what helped afterwards.

import { encodeId } from "./api.js";
import { articlePath } from "./article-badges.js";
import { timeElement } from "./moments.js";
import { outcomeName } from "./outcomes.js";
import { el } from "./text.js";
import { ticketPath } from "./ticket-rows.js";

const readerPath = (id, version) => `/documents/${encodeId(id)}?version=${encodeURIComponent(version)}`;

function failureItem({ outcome, reason, at, ticket_id: ticket, external_id: external }) {
  const from = ticket ? el("a", { href: ticketPath(ticket) }, ticket) : external;
  return el("li", {}, from, from ? " " : null, outcomeName(outcome), reason ? `：${reason}` : "", " · ", timeElement(at));
}

function replacementItem({ title, version, state, at, document_id: document, ticket_id: ticket }) {
  const told = [document && ticket && el("a", { href: ticketPath(ticket) }, ticket), outcomeName(state)];
  return el(
    "li",
    {},
    el("a", { href: document ? readerPath(document, version) : ticketPath(ticket) }, document ? title : `${ticket} ${title}`),
    el("span", { class: "hint" }, " ", ...told.filter(Boolean).flatMap((one) => [one, " · "]), timeElement(at)),
  );
}

/** The failures and, beside them, what helped. */
export function contradictionNodes({ failures, by }) {
  return [
    el("div", {}, el("p", { class: "hint" }, "没有解决的"), el("ul", {}, ...failures.map(failureItem))),
    el("div", {}, el("p", { class: "hint" }, "此后有效的办法"), el("ul", {}, ...by.map(replacementItem))),
  ];
}

/** The same with its name, in a list of such. */
export function contradictedItem(contradiction) {
  const { document_id: id, version, title, article, failed } = contradiction;
  const link = el("a", { href: article ? articlePath(article.article_id) : readerPath(id, version) }, title);
  const head = el("h4", {}, link, el("span", { class: "flag-count" }, `${failed} 次未能解决`));
  return el("li", { class: "contradicted" }, head, ...contradictionNodes(contradiction));
}
