// The tickets that a ticket is linked to, each one click away, and the way to link one more.

import { clearProblem, showProblem } from "./problem-note.js";
import { button, el } from "./text.js";
import { ticketPath } from "./ticket-rows.js";

const byId = (id) => document.getElementById(id);

/** What was linked, as a link that leads there: T7 打印机不出纸. */
export const linkedTicket = (ticketId, title) =>
  el("a", { class: "linked-ticket", href: ticketPath(ticketId) }, `${ticketId} ${title || ""}`.trim());

/**
 * @param add opens the form that links another ticket
 * @param remove (ticketId) => Promise
 * @param reload loads the ticket anew
 */
export function prepareLinks(workflow, { add, remove, reload }) {
  async function unlink(ticketId, pressed) {
    clearProblem(byId("links-problem"));
    pressed.disabled = true;
    try {
      await remove(ticketId);
    } catch (error) {
      showProblem(byId("links-problem"), error, { what: "没有解除", reload });
    }
    pressed.disabled = false;
  }

  function linkItem({ relation, ticket_id: id, title }) {
    const given = { class: "link", "aria-label": `解除与 ${id} 的关联` };
    const off = button("解除", () => unlink(id, off), given);
    return el("li", {}, el("span", { class: "hint" }, workflow.relationName(relation)), linkedTicket(id, title), off);
  }

  return {
    show({ links }) {
      const items = links.map(linkItem);
      byId("links").replaceChildren(
        ...(items.length ? [el("ul", { "aria-label": "关联的工单" }, ...items)] : []),
        button("关联工单", add, { class: "link", id: "add-link" }),
      );
    },
  };
}
