// The dialog that records a new ticket.

import { actorName, nameActor } from "./actor.js";
import { isComplete } from "./required-fields.js";
import { requestKeys } from "./request-keys.js";
import { el } from "./text.js";
import { createTicket } from "./ticket-api.js";

const byId = (id) => document.getElementById(id);
const dialog = byId("new-dialog");
const form = byId("new-form");
const problem = byId("new-problem");
const keyOf = requestKeys();

/** @param recorded is called with the new ticket */
export function prepareNewTicket(kinds, recorded) {
  byId("new-kind").replaceChildren(...kinds.map(({ kind, name }) => el("option", { value: kind }, name)));
  byId("new-cancel").addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault(); // the dialog stays until the ticket is recorded
    if (!isComplete(form)) return;
    byId("new-submit").disabled = true;
    problem.hidden = true;
    try {
      nameActor(byId("new-actor").value);
      const body = requestBody();
      const ticket = await createTicket(body, keyOf(body));
      form.reset();
      recorded(ticket);
    } catch (error) {
      problem.textContent = `没有登记：${error.detail || "页面出错，请重试"}`;
      problem.hidden = false;
    } finally {
      byId("new-submit").disabled = false;
    }
  });
}

export function openNewTicket() {
  if (dialog.open) return;
  byId("new-actor").value = actorName();
  problem.hidden = true;
  dialog.showModal();
  byId("new-title-field").focus();
}

function requestBody() {
  const given = [...new FormData(form)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value);
  return { ...Object.fromEntries(given), actor: byId("new-actor").value.trim() };
}
