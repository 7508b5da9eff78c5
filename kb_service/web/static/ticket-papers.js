// What can be written from a ticket: a knowledge article once it is solved, and the report of how it was handled.

import { requireActor } from "./actor.js";
import { createArticle, findArticleFrom } from "./article-api.js";
import { articlePath } from "./article-badges.js";
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

  /** Whether it is written already is worth knowing; where that cannot be told, drafting will tell. */
  async function offer() {
    const article = await findArticleFrom(ticketId).catch(() => null);
    byId("draft-article").hidden = article !== null;
    byId("open-article").hidden = article === null;
    if (!article) return;
    byId("open-article").href = articlePath(article.article_id);
    byId("open-article").textContent = `文章 ${article.article_id}`;
    byId("open-article").title = article.title;
  }

  return {
    show({ state, solution }) {
      const solved = SOLVED.includes(state) && Boolean(solution);
      if (solved) offer();
      else byId("draft-article").hidden = byId("open-article").hidden = true;
    },
  };
}
