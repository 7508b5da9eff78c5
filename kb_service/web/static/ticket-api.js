// The part of the JSON interface that is about tickets and what is suggested for them.

import { getJson, postJson } from "./api.js";

const ticketUrl = (ticketId, part = "") => `/v1/tickets/${encodeURIComponent(ticketId)}${part}`;
const suggestionUrl = (suggestionId, part = "") => `/v1/suggestions/${encodeURIComponent(suggestionId)}${part}`;

/** @param parameters names to values; a list gives the parameter several times, nothing leaves it out */
export function listTickets(parameters, signal) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) if (one) query.append(name, one);
  }
  return getJson(`/v1/tickets?${query}`, signal);
}

export const fetchTicket = (ticketId) => getJson(ticketUrl(ticketId));
export const fetchHistory = (ticketId) => getJson(ticketUrl(ticketId, "/events"));

export const fetchRules = (ticketId) => getJson(ticketUrl(ticketId, "/rules"));

export const createTicket = (body, key) => postJson("/v1/tickets", body, { key });
export const actOnTicket = (ticketId, body, key) => postJson(ticketUrl(ticketId, "/actions"), body, { key });

export const suggestFor = (ticketId, limit) => postJson(ticketUrl(ticketId, "/suggestions"), { limit });
export const fetchLastSuggestion = (ticketId) => getJson(ticketUrl(ticketId, "/suggestions?limit=1"));
export const sendFeedback = (suggestionId, body) => postJson(suggestionUrl(suggestionId, "/feedback"), body);
