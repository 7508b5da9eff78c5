// The history of an article as a timeline, newest first.

import { CONTENT_NAMES, FLAG_NAMES, articleWorkflow } from "./article-words.js";
import { momentText, timeElement } from "./moments.js";
import { el } from "./text.js";
import { ticketPath } from "./ticket-rows.js";

function valueNodes(action, fields) {
  const nodes = [];
  const add = (...children) => nodes.push(el("span", { class: "event-value" }, ...children));
  const changed = Object.keys(fields).filter((name) => name in CONTENT_NAMES);
  if (action === "edit") add(`改了${changed.map((name) => CONTENT_NAMES[name]).join("、")}`);
  for (const id of fields.source_tickets || []) add("来自 ", el("a", { href: ticketPath(id) }, id));
  if (fields.ticket_id) add(el("a", { href: ticketPath(fields.ticket_id) }, fields.ticket_id));
  if (fields.flag) add(FLAG_NAMES[fields.flag] || fields.flag);
  if (fields.review_due_at) add(`下次复核 ${momentText(fields.review_due_at)}`);
  return nodes;
}

function eventItem({ action, actor, at, fields }) {
  return el(
    "li",
    { class: "event", "data-action": action },
    el(
      "p",
      { class: "event-head" },
      el("strong", {}, articleWorkflow.actionName(action)),
      ...valueNodes(action, fields),
      el("span", { class: "event-who" }, actor, " · ", timeElement(at)),
    ),
    fields.reason ? el("p", { class: "event-text" }, fields.reason) : null,
  );
}

export function showArticleHistory(list, events) {
  list.replaceChildren(...[...events].reverse().map(eventItem));
}
