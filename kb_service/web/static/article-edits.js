// What those who used an article, or solved its source tickets, changed: offered to be taken over.

import { fetchArticleEdits } from "./article-api.js";
import { encodeId } from "./api.js";
import { timeElement } from "./moments.js";
import { button, el, foldedText } from "./text.js";
import { ticketPath } from "./ticket-rows.js";

const STATES = { confirmed: "客户已确认", resolved_with: "已用它解决" };

const box = document.getElementById("edits");

function editItem(edit, { documentId, editable, take }) {
  const { text, state, actor, at, ticket_id: ticket, external_id: external, document_id: of, title } = edit;
  const words = foldedText(text, "solution-text");
  const told = [
    of === documentId ? null : el("span", {}, "改自 ", el("a", { href: `/documents/${encodeId(of)}` }, `《${title}》`)),
    ticket ? el("a", { href: ticketPath(ticket) }, ticket) : external,
    STATES[state] ? el("strong", {}, STATES[state]) : null,
    actor,
    timeElement(at),
  ].filter(Boolean);
  const node = el(
    "li",
    { class: "edit" },
    ...words.nodes,
    el("p", { class: "hint" }, ...told.flatMap((one, index) => (index ? [" · ", one] : [one]))),
    editable ? el("div", { class: "form-buttons" }, button("填入解决办法", () => take(text))) : null,
  );
  return { node, offer: words.offer };
}

/** @param take (text) puts it into the solution; @param editable whether it may be */
export async function showEdits(article, { editable, take }) {
  let edits = [];
  try {
    ({ edits } = await fetchArticleEdits(article.article_id));
  } catch {
    // The article itself can be read and changed without them.
  }
  const items = edits.map((edit) => editItem(edit, { documentId: article.document_id, editable, take }));
  box.hidden = items.length === 0;
  box.querySelector("ul").replaceChildren(...items.map((one) => one.node));
  for (const one of items) one.offer();
}
