// What the use of an article has shown: words to be taken over, and what it failed at while something newer helped.

import { encodeId } from "./api.js";
import { fetchArticleFindings } from "./article-api.js";
import { contradictionNodes } from "./contradiction.js";
import { timeElement } from "./moments.js";
import { outcomeName } from "./outcomes.js";
import { button, el, foldedText } from "./text.js";
import { ticketPath } from "./ticket-rows.js";

const byId = (id) => document.getElementById(id);

function editItem(edit, { documentId, editable, take }) {
  const { text, state, actor, at, ticket_id: ticket, external_id: external, document_id: of, title } = edit;
  const words = foldedText(text, "solution-text");
  const told = [
    of === documentId ? null : el("span", {}, "改自 ", el("a", { href: `/documents/${encodeId(of)}` }, `《${title}》`)),
    ticket ? el("a", { href: ticketPath(ticket) }, ticket) : external,
    el("strong", {}, outcomeName(state)),
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
export async function showFindings(article, { editable, take }) {
  let [edits, contradicted] = [[], null];
  try {
    ({ edits, contradicted } = await fetchArticleFindings(article.article_id));
  } catch {
    // The article itself can be read and changed without them.
  }
  const items = edits.map((edit) => editItem(edit, { documentId: article.document_id, editable, take }));
  byId("edits").hidden = items.length === 0;
  byId("edits").querySelector("ul").replaceChildren(...items.map((one) => one.node));
  for (const one of items) one.offer();
  byId("contradiction").hidden = !contradicted;
  byId("contradiction").querySelector(".contradiction").replaceChildren(
    ...(contradicted ? contradictionNodes(contradicted) : []),
  );
}
