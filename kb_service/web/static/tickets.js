// The queue. What it is narrowed to lives in the address; each half minute it is asked for again, in place.

import { actorName } from "./actor.js";
import { openNewTicket, prepareNewTicket } from "./new-ticket.js";
import { isComplete } from "./required-fields.js";
import { el, remember } from "./text.js";
import { listTickets } from "./ticket-api.js";
import { ticketIdOf } from "./ticket-number.js";
import { QUEUE_KEY, showRows, ticketPath } from "./ticket-rows.js";
import { loadWorkflow } from "./workflow.js";

const PAGE_SIZE = 50;
const REFRESH_MS = 30000;
const DUE_WITHIN_MS = 4 * 3600 * 1000;
const UNFINISHED = "未完成";
const ALL = "全部";
const RESOLVED = "已解决";
const FOLLOW_UP = "待回访";

const byId = (id) => document.getElementById(id);
const table = byId("queue");
const rows = byId("rows");
const assigneeBox = byId("assignee");
const dueBox = byId("due");

let workflow = null;
let running = null; // AbortController of the request under way
let nextCursor = null;

// ---- State: address <-> form ---------------------------------------------------------------

const groupNames = () => [UNFINISHED, ...workflow.groups, FOLLOW_UP, ALL];

function stateFromAddress() {
  const parameters = new URLSearchParams(location.search);
  const group = parameters.get("group");
  return {
    group: groupNames().includes(group) ? group : UNFINISHED,
    assignee: parameters.get("assignee") || "",
    due: parameters.get("due") === "1",
    cursor: parameters.get("cursor") || "",
  };
}

function stateFromForm() {
  const pressed = byId("groups").querySelector('[aria-pressed="true"]');
  return { group: pressed.dataset.group, assignee: assigneeBox.value.trim(), due: dueBox.checked, cursor: "" };
}

function addressOf({ group, assignee, due, cursor }) {
  const given = { group: group === UNFINISHED ? "" : group, assignee, due: due ? "1" : "", cursor };
  const query = new URLSearchParams(Object.entries(given).filter(([, value]) => value)).toString();
  return query ? `/tickets?${query}` : "/tickets";
}

function fillForm({ group, assignee, due }) {
  assigneeBox.value = assignee;
  dueBox.checked = due;
  for (const chip of byId("groups").children) chip.setAttribute("aria-pressed", String(chip.dataset.group === group));
  byId("mine").setAttribute("aria-pressed", String(assignee !== "" && assignee === actorName()));
}

function statesOf(group) {
  if (group === ALL || group === FOLLOW_UP) return [];
  const groups = group === UNFINISHED ? workflow.groups.filter((one) => one !== RESOLVED) : [group];
  return groups.flatMap(workflow.statesOf);
}

// ---- Asking and showing --------------------------------------------------------------------

function go(state, trail = []) {
  if (addressOf(state) !== location.pathname + location.search) history.pushState({ trail }, "", addressOf(state));
  showAddress();
}

function showAddress() {
  const state = stateFromAddress();
  fillForm(state);
  remember(QUEUE_KEY, addressOf(state));
  load(state);
}

/** @param quiet leaves what is shown where the service does not answer */
async function load(state, quiet = false) {
  if (running) running.abort();
  const controller = new AbortController();
  running = controller;
  if (!quiet) table.setAttribute("aria-busy", "true");
  try {
    const page = await listTickets(
      {
        state: statesOf(state.group),
        follow_up: state.group === FOLLOW_UP && "true",
        assignee: state.assignee,
        due_before: state.due ? new Date(Date.now() + DUE_WITHIN_MS).toISOString() : "",
        cursor: state.cursor,
        limit: PAGE_SIZE,
      },
      controller.signal,
    );
    if (running === controller) show(page, state);
  } catch (error) {
    if (running !== controller) return; // a newer request has taken over
    if (quiet) byId("refreshed").textContent = `自动刷新没有成功：${error.detail || "页面出错"}`;
    else showError(error);
  }
  if (running === controller) running = null;
}

function show(page, state) {
  nextCursor = page.next_cursor;
  byId("error").hidden = true;
  showRows(rows, page.tickets, workflow);
  table.setAttribute("aria-busy", "false");
  const count = page.tickets.length;
  table.hidden = count === 0;
  byId("empty").hidden = count > 0;
  const all = state.group === ALL && !state.assignee && !state.due && !state.cursor;
  byId("empty-title").textContent = all ? "还没有工单" : "没有符合条件的工单";
  byId("empty-text").hidden = !all;
  byId("clear-filters").hidden = all;
  const isBreached = (clock) => clock?.state === "breached";
  const overdue = page.tickets.filter((one) => [one.response, one.proposal, one.resolution].some(isBreached));
  const text = `本页 ${count} 张${overdue.length ? `，其中 ${overdue.length} 张已超时` : ""}`;
  if (byId("status").textContent !== text) byId("status").textContent = text; // said aloud only when it changes
  byId("refreshed").textContent = `${new Date().toLocaleTimeString("zh-CN", { hour12: false })} 更新，每 30 秒自动刷新`;
  byId("paging").hidden = !state.cursor && !nextCursor;
  byId("newer").disabled = !state.cursor;
  byId("older").disabled = !nextCursor;
  const names = new Set([actorName(), ...page.tickets.map((one) => one.assignee)].filter(Boolean));
  byId("assignees").replaceChildren(...[...names].map((name) => el("option", { value: name })));
}

function showError(error) {
  byId("error-title").textContent = error.title || "页面出错";
  byId("error-detail").textContent = error.detail || "列表无法显示，请重试；仍不行请联系管理员。";
  byId("error").hidden = false;
  byId("empty").hidden = true;
  table.hidden = true;
  byId("paging").hidden = true;
  table.setAttribute("aria-busy", "false");
  byId("status").textContent = "";
}

// ---- Keyboard and events -------------------------------------------------------------------

function moveBy(step) {
  const links = [...rows.querySelectorAll(".ticket-link")];
  const here = links.indexOf(document.activeElement);
  const next = links[here < 0 ? (step > 0 ? 0 : links.length - 1) : here + step];
  if (next) next.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || byId("new-dialog").open) return;
  if (document.activeElement.matches("input:not([type=checkbox]), textarea, select")) return;
  if (event.key === "j") moveBy(1);
  else if (event.key === "k") moveBy(-1);
  else if (event.key === "n") openNewTicket();
  else return;
  event.preventDefault();
});

// Needs nothing of the workflow, so it works before that has come, and where it does not come.
byId("open-ticket").addEventListener("submit", (event) => {
  event.preventDefault();
  if (isComplete(event.target)) location.assign(ticketPath(ticketIdOf(byId("number").value)));
});

function listen() {
  byId("groups").addEventListener("click", (event) => {
    const chip = event.target.closest(".chip");
    if (chip) go({ ...stateFromForm(), group: chip.dataset.group });
  });
  byId("filters").addEventListener("submit", (event) => {
    event.preventDefault();
    go(stateFromForm());
  });
  assigneeBox.addEventListener("change", () => go(stateFromForm()));
  dueBox.addEventListener("change", () => go(stateFromForm()));
  byId("mine").addEventListener("click", () => {
    if (!actorName()) {
      byId("actor").focus(); // whose tickets is told by the name at the top
      return;
    }
    const pressed = byId("mine").getAttribute("aria-pressed") === "true";
    go({ ...stateFromForm(), assignee: pressed ? "" : actorName() });
  });
  byId("clear-filters").addEventListener("click", () => go({ group: ALL, assignee: "", due: false, cursor: "" }));
  byId("older").addEventListener("click", () => {
    const state = stateFromAddress();
    turnPage({ ...state, cursor: nextCursor }, [...((history.state && history.state.trail) || []), state.cursor]);
  });
  byId("newer").addEventListener("click", () => {
    const trail = (history.state && history.state.trail) || [];
    turnPage({ ...stateFromAddress(), cursor: trail[trail.length - 1] || "" }, trail.slice(0, -1));
  });
  addEventListener("popstate", showAddress);
  setInterval(refresh, REFRESH_MS);
  document.addEventListener("visibilitychange", refresh);
}

function turnPage(state, trail) {
  go(state, trail);
  scrollTo({ top: 0 });
  table.focus({ preventScroll: true });
}

function refresh() {
  if (document.visibilityState === "visible" && !running) load(stateFromAddress(), true);
}

async function start() {
  let loaded;
  try {
    loaded = await loadWorkflow();
  } catch (error) {
    showError(error);
    return;
  }
  if (workflow) return; // a second click on the button was faster
  workflow = loaded;
  byId("groups").replaceChildren(
    ...groupNames().map((name) => el("button", { class: "chip", type: "button", "data-group": name }, name)),
  );
  prepareNewTicket(workflow.kinds, (ticket) => location.assign(ticketPath(ticket.ticket_id)));
  byId("new-ticket").addEventListener("click", openNewTicket);
  listen();
  showAddress();
}

byId("retry").addEventListener("click", () => (workflow ? showAddress() : start()));
start();
