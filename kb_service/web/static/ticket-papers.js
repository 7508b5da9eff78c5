// What can be written from a ticket: a knowledge article once it is solved, and the report of how it was handled.

import { requireActor } from "./actor.js";
import { createArticle } from "./article-api.js";
import { articlePath } from "./article-words.js";
import { clearProblem, showProblem } from "./problem-note.js";
import { requestKeys } from "./request-keys.js";

const SOLVED = ["resolved", "closed"];

const byId = (id) => document.getElementById(id);

/** @returns {show}: to be called with the ticket whenever it has gone a step on */
export function preparePapers(ticketId) {
  const keyOf = requestKeys();
  byId("problem-report").href = `/v1/tickets/${encodeURIComponent(ticketId)}/report.docx`;
  byId("draft-article").addEventListener("click", async () => {
    clearProblem(byId("papers-problem"));
    byId("draft-article").disabled = true;
    try {
      const body = { ticket_id: ticketId, actor: requireActor() };
      location.assign(articlePath((await createArticle(body, keyOf(body))).article_id));
    } catch (error) {
      showProblem(byId("papers-problem"), error, { what: "没有起草" });
    }
    byId("draft-article").disabled = false;
  });
  return {
    show({ state, solution }) {
      byId("draft-article").hidden = !SOLVED.includes(state) || !solution;
    },
  };
}
