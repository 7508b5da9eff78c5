// The history of an article as a timeline, newest first.

import { momentText, timeElement } from "./moments.js";
import { el } from "./text.js";
import { ticketPath } from "./ticket-rows.js";

function valueNodes(action, fields, workflow) {
  const nodes = [];
  const add = (...children) => nodes.push(el("span", { class: "event-value" }, ...children));
  const changed = workflow.contentFields.filter((name) => name in fields);
  if (action === "edit") add(`改了${changed.map(workflow.contentName).join("、")}`);
  for (const id of fields.source_tickets || []) add("来自 ", el("a", { href: ticketPath(id) }, id));
  if (fields.ticket_id) add(el("a", { href: ticketPath(fields.ticket_id) }, fields.ticket_id));
  if (fields.flag) add(workflow.flagName(fields.flag));
  if (fields.review_due_at) add(`下次复核 ${momentText(fields.review_due_at)}`);
  return nodes;
}

function eventItem({ action, actor, at, fields }, workflow) {
  return el(
    "li",
    { class: "event", "data-action": action },
    el(
      "p",
      { class: "event-head" },
      el("strong", {}, workflow.actionName(action)),
      ...valueNodes(action, fields, workflow),
      el("span", { class: "event-who" }, actor, " · ", timeElement(at)),
    ),
    fields.reason ? el("p", { class: "event-text" }, fields.reason) : null,
  );
}

export function showArticleHistory(list, events, workflow) {
  list.replaceChildren(...[...events].reverse().map((event) => eventItem(event, workflow)));
}
