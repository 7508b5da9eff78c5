// The history of a ticket as a timeline, newest first.

import { encodeId } from "./api.js";
import { timeElement } from "./moments.js";
import { el } from "./text.js";
import { linkedTicket } from "./ticket-links.js";
import { lineName } from "./workflow.js";

/** Long texts stand below an event, short values beside it. */
const TEXTS = ["text", "reason", "tried", "cause", "solution"];
/** What the head of the page shows anyway. */
const LEFT_OUT = { create: ["title", "customer", "product", "contract"] };
const LINKED_FIELDS = ["suggestion_id", "document_id", "document_title", "solutions", "other_ticket_id", "other_title"];
const VALUES = {
  to_level: lineName,
  minutes_worked: (value) => `${value} 分钟`,
  satisfaction: (value) => `${value} 分`,
};
const SHORT_NAMES = { to_level: "升级到", minutes_worked: "用时", satisfaction: "满意度", priority: "优先级" };

function eventItem({ action, actor, at, fields }, workflow) {
  const names = new Map(workflow.fieldsOf(action).map((one) => [one.field, one.name]));
  const given = Object.entries(fields).filter(
    ([name]) => !LINKED_FIELDS.includes(name) && !(LEFT_OUT[action] || []).includes(name),
  );
  const values = given.filter(([name]) => !TEXTS.includes(name));
  const texts = given.filter(([name]) => TEXTS.includes(name));
  return el(
    "li",
    { class: "event", "data-action": action },
    el(
      "p",
      { class: "event-head" },
      el("strong", {}, workflow.actionName(action)),
      fields.document_id ? documentLink(fields) : null,
      ...values.map(([name, value]) => valueText(name, value, names, workflow)),
      fields.other_ticket_id ? linkedTicket(fields.other_ticket_id, fields.other_title) : null,
      el("span", { class: "event-who" }, actor, " · ", timeElement(at)),
    ),
    ...TEXTS.flatMap((name) => texts.filter(([given]) => given === name)).map(([name, text]) =>
      el(
        "p",
        { class: "event-text" },
        texts.length > 1 ? el("span", { class: "event-name" }, names.get(name) || name) : null,
        String(text),
      ),
    ),
    Array.isArray(fields.solutions) ? el("ul", { class: "event-text" }, ...fields.solutions.map(triedItem)) : null,
  );
}

function documentLink({ document_id: id, document_title: title }) {
  return el("a", { href: `/documents/${encodeId(id)}`, target: "_blank", rel: "noopener" }, `《${title}》`);
}

/** A suggested solution that an escalation tells second line about. */
function triedItem({ outcome, reason, ...solution }) {
  return el("li", {}, outcome === "adopted" ? "采用 " : "否决 ", documentLink(solution), reason ? `：${reason}` : "");
}

function valueText(name, value, names, workflow) {
  if (name === "relation") return el("span", { class: "event-value" }, workflow.relationName(value));
  const text = VALUES[name] ? VALUES[name](value) : String(value);
  return el("span", { class: "event-value" }, `${SHORT_NAMES[name] || names.get(name) || name} ${text}`);
}

export function showHistory(list, events, workflow) {
  list.replaceChildren(...[...events].reverse().map((event) => eventItem(event, workflow)));
}
