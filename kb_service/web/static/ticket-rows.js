// The rows of the queue: drawn once, then kept up to date in place so that focus and selection stay.

import { clockBadge } from "./moments.js";
import { el } from "./text.js";

/** Where the queue leaves its address, so that a ticket can lead back to it. */
export const QUEUE_KEY = "kb.queue";

export const ticketPath = (ticketId) => `/tickets/${encodeURIComponent(ticketId)}`;

export function stateBadge(ticket, workflow) {
  return el(
    "span",
    { class: "state", "data-group": workflow.groupOf(ticket.state) || "已结束" },
    workflow.stateName(ticket.state),
  );
}

export function priorityBadge(priority) {
  if (!priority) return el("span", { class: "none" }, "未定");
  return el("span", { class: `priority priority-${priority}` }, priority);
}

/** What is still owed to the customer of a closed ticket, and how long there is for it. */
export function followUpBadge(followUp) {
  if (!followUp) return null;
  const { kind, due_at: due } = followUp;
  const name = kind === "review" ? "复查" : "回访";
  const state = new Date(due) < Date.now() ? "breached" : "running";
  const target = kind === "review" ? "2 工作日" : "3 工作日";
  return el("span", { class: "follow-up" }, `${name} `, clockBadge({ state, target, due_at: due }, name));
}

/** The promise after the response: of a presales request the first proposal, until that is made. */
function nextBadge({ proposal, resolution }) {
  if (!proposal || proposal.met_at || proposal.state === "void") return clockBadge(resolution, proposal ? "方案" : "解决");
  const badge = clockBadge(proposal, "初步建议书");
  badge.prepend("建议书 ");
  return badge;
}

const cell = (name, ...children) => el("td", { role: "cell", class: `cell-${name}` }, ...children);

function ticketRow(ticket, workflow) {
  const link = el("a", { class: "ticket-link", href: ticketPath(ticket.ticket_id), title: ticket.title }, ticket.title);
  return el(
    "tr",
    { role: "row", "data-ticket-id": ticket.ticket_id, "data-sequence": ticket.sequence },
    cell("id", ticket.ticket_id),
    cell("title", link),
    cell("customer", ticket.customer),
    cell("product", ticket.product || ""),
    cell("state", stateBadge(ticket, workflow), followUpBadge(ticket.follow_up)),
    cell("priority", priorityBadge(ticket.priority)),
    cell("assignee", ticket.assignee || el("span", { class: "none" }, "未分派")),
    cell("response", clockBadge(ticket.response, "响应")),
    cell("resolution", nextBadge(ticket)),
  );
}

/** Only the clocks move while a ticket stays as it is. */
function updateClocks(row, ticket) {
  for (const name of ["response", "resolution"]) {
    const badge = name === "response" ? clockBadge(ticket.response, "响应") : nextBadge(ticket);
    const shown = row.querySelector(`.cell-${name} > .clock`);
    if (!shown.isEqualNode(badge)) shown.replaceWith(badge);
  }
  row.querySelector(".follow-up")?.replaceWith(followUpBadge(ticket.follow_up));
}

/** Make the rows of `body` those of the tickets; a row whose link has the focus gives it to its successor. */
export function showRows(body, tickets, workflow) {
  const focused = body.contains(document.activeElement) && document.activeElement.closest("tr").dataset.ticketId;
  const known = new Map([...body.rows].map((row) => [row.dataset.ticketId, row]));
  tickets.forEach((ticket, index) => {
    let row = known.get(ticket.ticket_id);
    if (row && row.dataset.sequence === String(ticket.sequence)) updateClocks(row, ticket);
    else row = ticketRow(ticket, workflow);
    if (body.rows[index] !== row) body.insertBefore(row, body.rows[index] || null);
  });
  while (body.rows.length > tickets.length) body.rows[tickets.length].remove();
  if (!focused || body.contains(document.activeElement)) return;
  const row = [...body.rows].find((one) => one.dataset.ticketId === focused);
  if (row) row.querySelector(".ticket-link").focus({ preventScroll: true });
}
