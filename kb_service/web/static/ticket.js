// The workspace of a ticket: its head, steps, reply and history, and what is suggested for it.

import { prepareActions, usualValues } from "./action-forms.js";
import { requireActor } from "./actor.js";
import { clearProblem, showProblem } from "./problem-note.js";
import { prepareDraft } from "./reply-draft.js";
import { requestKeys } from "./request-keys.js";
import { isComplete } from "./required-fields.js";
import { prepareRules } from "./rules-panel.js";
import { prepareSuggestions } from "./suggestions-panel.js";
import { recall } from "./text.js";
import { actOnTicket, fetchHistory, fetchTicket } from "./ticket-api.js";
import { offerUnfolding, showClocks, showHead } from "./ticket-head.js";
import { showHistory } from "./ticket-history.js";
import { preparePapers } from "./ticket-papers.js";
import { QUEUE_KEY } from "./ticket-rows.js";
import { prepareLinks } from "./ticket-links.js";
import { triedText } from "./tried-solutions.js";
import { loadWorkflow } from "./workflow.js";

const REFRESH_MS = 30000;
/** What of a ticket solutions are looked for by. */
const ASKED_BY = ["title", "description", "product"];

const byId = (id) => document.getElementById(id);
const ticketId = idFromAddress();
const keyOf = requestKeys();

let workflow = null;
let ticket = null;
let events = [];
let parts = null; // actions, links, draft, suggestions, rules and papers, once the page is drawn

function idFromAddress() {
  try {
    return decodeURIComponent(location.pathname.slice("/tickets/".length));
  } catch {
    return ""; // malformed percent-encoding: no such ticket
  }
}

// ---- Showing -------------------------------------------------------------------------------

function show() {
  byId("changed").hidden = true;
  showHead(ticket, workflow);
  showHistory(byId("history"), events, workflow);
  const allowed = ticket.allowed_actions;
  parts.actions.showActions(allowed);
  parts.draft.allow(allowed);
  parts.suggestions.allow(allowed);
  parts.suggestions.showLinks(ticket.links);
  parts.rules.load();
  parts.papers.show(ticket);
  parts.links.show(ticket);
}

/** Load the ticket as it stands now; what was typed stays. */
async function reload() {
  const before = ticket;
  const [newTicket, history] = await Promise.all([fetchTicket(ticketId), fetchHistory(ticketId)]);
  ticket = newTicket;
  events = history.events;
  show();
  if (ASKED_BY.some((name) => ticket[name] !== before[name])) loadSuggestions();
}

const loadSuggestions = () => parts.suggestions.load({ ended: workflow.isFinal(ticket.state) });

/** Carry one step out, then show where it led. */
async function perform(action, fields) {
  const body = { action, sequence: ticket.sequence, actor: requireActor(), ...fields };
  ticket = await actOnTicket(ticketId, body, keyOf(body));
  byId("status").textContent = `${workflow.actionName(action)}：已完成，工单${workflow.stateName(ticket.state)}`;
  show();
  events = (await fetchHistory(ticketId)).events;
  showHistory(byId("history"), events, workflow);
}

/** Keeps the clocks going, and notices what others did meanwhile. */
async function refresh() {
  if (document.visibilityState !== "visible" || !parts) return;
  try {
    const seen = ticket.sequence;
    const now = await fetchTicket(ticketId);
    if (ticket.sequence !== seen) return; // something was done here meanwhile
    showClocks(now);
    byId("changed").hidden = now.sequence === seen;
  } catch {
    // The next one may succeed; whoever acts before will be told.
  }
}

// ---- Starting ------------------------------------------------------------------------------

function prepare() {
  const prefill = (action) => (action === "escalate" ? { tried: triedText(events) } : usualValues(action));
  const actions = prepareActions(workflow, { perform, prefill, reload });
  const draft = prepareDraft(ticketId, {
    respond: (text) => perform("respond", { text }),
    resolve: (solution) => actions.open("resolve", { solution }),
    reload,
  });
  const suggestions = prepareSuggestions(ticketId, workflow, {
    adopted: (text, label) => {
      draft.add(text, label);
      byId("status").textContent = "已填入回复草稿";
    },
    judged: () => reload().catch(() => {}), // it is noted; the next step will say that the ticket has changed
    classify: (values) => actions.open("triage", values),
    link: (otherId) => perform("link", { relation: "duplicate_of", other_ticket_id: otherId }),
    reload,
  });
  const links = prepareLinks(workflow, {
    add: () => actions.open("link"),
    remove: (otherId) => perform("unlink", { other_ticket_id: otherId }),
    reload,
  });
  return { actions, links, draft, suggestions, rules: prepareRules(ticketId), papers: preparePapers(ticketId) };
}

function listen() {
  byId("comment-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!isComplete(event.target)) return;
    const holder = byId("comment-problem");
    clearProblem(holder);
    byId("comment-submit").disabled = true;
    try {
      await perform("comment", { text: byId("comment").value.trim() });
      byId("comment").value = "";
    } catch (error) {
      showProblem(holder, error, { what: "没有添加", reload });
    }
    byId("comment-submit").disabled = false;
  });
  byId("load-changed").addEventListener("click", () => reload().catch(() => {}));
  setInterval(refresh, REFRESH_MS);
  document.addEventListener("visibilitychange", refresh);
}

function showError(error) {
  byId("loading").hidden = true;
  byId("error").hidden = false;
  byId("error-title").textContent = error.title || "页面出错";
  byId("error-detail").textContent = error.detail || "工单无法显示，请重试；仍不行请联系管理员。";
  byId("workspace").setAttribute("aria-busy", "false");
}

async function start() {
  byId("error").hidden = true;
  byId("loading").hidden = false;
  byId("workspace").setAttribute("aria-busy", "true");
  try {
    const [loaded, first, history] = await Promise.all([loadWorkflow(), fetchTicket(ticketId), fetchHistory(ticketId)]);
    if (parts) return; // a second click on the button was faster
    [workflow, ticket, events] = [loaded, first, history.events];
  } catch (error) {
    showError(error);
    return;
  }
  parts = prepare();
  show();
  listen();
  byId("loading").hidden = true;
  byId("ticket").hidden = false;
  byId("workspace").setAttribute("aria-busy", "false");
  offerUnfolding();
  await loadSuggestions();
}

byId("back").href = recall(QUEUE_KEY) || "/tickets";
byId("retry").addEventListener("click", start);
start();
