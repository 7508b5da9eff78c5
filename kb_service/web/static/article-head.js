// The head of the editor: where the article stands, who made it, from which tickets, and what is doubted about it.

import { articleState, foundBadge } from "./article-badges.js";
import { encodeId } from "./api.js";
import { momentText, timeElement } from "./moments.js";
import { el } from "./text.js";
import { ticketPath } from "./ticket-rows.js";

const byId = (id) => document.getElementById(id);

function ticketLinks(ids) {
  return ids.length && el("span", { class: "ticket-links" }, ...ids.map((id) => el("a", { href: ticketPath(id) }, id)));
}

function flagItem({ reason, text, actor, at }, workflow) {
  const name = el("strong", {}, workflow.flagName(reason));
  return el("li", {}, name, text ? `：${text}` : "", `（${actor}，${momentText(at)}）`);
}

export function showArticleHead(article, workflow) {
  const { published, flags } = article;
  document.title = `${article.article_id} ${article.title} - 技术支持知识库`;
  byId("article-id").textContent = article.article_id;
  byId("title").textContent = article.title;
  byId("state").replaceChildren(articleState(article.state, workflow));
  byId("found").replaceChildren(...[foundBadge(article)].filter(Boolean));
  byId("reader-link").hidden = !published;
  byId("reader-link").href = `/documents/${encodeId(article.document_id)}`;
  const attributes = [
    ["作者", article.author],
    ["本稿撰写", article.writers.join("、")],
    ["审核", published && published.reviewer],
    ["发布", published && timeElement(published.published_at)],
    ["下次复核", article.review_due_at && timeElement(article.review_due_at)],
    ["来自工单", ticketLinks(article.source_tickets)],
    ["解决过", ticketLinks(article.linked_tickets)],
    ["变更", timeElement(article.changed_at)],
  ];
  byId("attributes").replaceChildren(
    ...attributes
      .filter(([, value]) => value)
      .map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
  );
  byId("flags").hidden = flags.length === 0;
  byId("flags").replaceChildren(...flags.map((one) => flagItem(one, workflow)));
}
