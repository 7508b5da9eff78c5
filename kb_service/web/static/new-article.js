// The dialog that begins an article: from a solved ticket, or from a title and a symptom.

import { actorName, nameActor } from "./actor.js";
import { createArticle } from "./article-api.js";
import { clearProblem, showProblem } from "./problem-note.js";
import { isComplete } from "./required-fields.js";
import { requestKeys } from "./request-keys.js";
import { ticketIdOf } from "./ticket-number.js";

const byId = (id) => document.getElementById(id);
const dialog = byId("new-dialog");
const form = byId("new-form");
const keyOf = requestKeys();

function requestBody() {
  const given = [...new FormData(form)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value);
  const body = Object.fromEntries(given);
  if (body.ticket_id) body.ticket_id = ticketIdOf(body.ticket_id);
  return { ...body, actor: actorName() };
}

/** A ticket tells its title and symptom itself. */
function requireEnough() {
  const fromTicket = byId("new-ticket-id").value.trim() !== "";
  byId("new-title-field").required = !fromTicket;
  byId("new-symptom").required = !fromTicket;
}

/** @param drafted is called with the new article */
export function prepareNewArticle(drafted) {
  const problem = byId("new-problem");
  byId("new-cancel").addEventListener("click", () => dialog.close());
  byId("new-ticket-id").addEventListener("input", requireEnough);
  byId("new-article").addEventListener("click", () => {
    clearProblem(problem);
    requireEnough();
    byId("new-actor").value = actorName();
    dialog.showModal();
    byId("new-ticket-id").focus();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault(); // the dialog stays until the article is there
    if (!isComplete(form)) return;
    byId("new-submit").disabled = true;
    clearProblem(problem);
    try {
      nameActor(byId("new-actor").value);
      const body = requestBody();
      drafted(await createArticle(body, keyOf(body)));
    } catch (error) {
      showProblem(problem, error, { what: "没有起草" });
    }
    byId("new-submit").disabled = false;
  });
}
