// The part of the JSON interface that is about knowledge articles and gaps.

import { deleteResource, getJson, postJson } from "./api.js";

const articleUrl = (articleId, part = "") => `/v1/articles/${encodeURIComponent(articleId)}${part}`;
const gapUrl = (gapId, part) => `/v1/gaps/${encodeURIComponent(gapId)}${part}`;

/** @param states of the articles; none for all */
export function listArticles(states, cursor, signal) {
  const query = new URLSearchParams(states.map((state) => ["state", state]));
  if (cursor) query.set("cursor", cursor);
  return getJson(`/v1/articles?${query}`, signal);
}

/** The newest article that came from a ticket and is not archived, null where there is none. */
export async function findArticleFrom(ticketId) {
  const states = ["draft", "in_review", "published"].map((state) => ["state", state]);
  const query = new URLSearchParams([...states, ["source_ticket", ticketId], ["limit", "1"]]);
  return (await getJson(`/v1/articles?${query}`)).articles[0] || null;
}

export const fetchReviewList = (signal) => getJson("/v1/articles/review", signal);
export const fetchArticle = (articleId) => getJson(articleUrl(articleId));
export const fetchArticleHistory = (articleId) => getJson(articleUrl(articleId, "/events"));
export const fetchArticleFindings = (articleId) => getJson(articleUrl(articleId, "/findings"));
export const createArticle = (body, key) => postJson("/v1/articles", body, { key });
export const actOnArticle = (articleId, body, key) => postJson(articleUrl(articleId, "/actions"), body, { key });

export const listGaps = (state, days, signal) => getJson(`/v1/gaps?${new URLSearchParams({ state, days })}`, signal);
export const listUnwritten = (days, signal) => getJson(`/v1/gaps/tickets?${new URLSearchParams({ days })}`, signal);
export const draftFromGap = (gapId, body) => postJson(gapUrl(gapId, "/draft"), body);
export const dismissGap = (gapId, body) => postJson(gapUrl(gapId, "/dismissal"), body);
export const reopenGap = (gapId) => deleteResource(gapUrl(gapId, "/dismissal"));
