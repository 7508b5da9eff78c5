// What was asked and not answered, and what was solved and not written down. The view lives in the address.

import { requireActor } from "./actor.js";
import { createArticle, dismissGap, draftFromGap, listGaps, listUnwritten, reopenGap } from "./article-api.js";
import { articlePath } from "./article-badges.js";
import { gapCard, unwrittenCard } from "./gap-card.js";
import { requestKeys } from "./request-keys.js";
import { el } from "./text.js";

const TICKETS = "tickets";
const VIEWS = [
  { view: "open", name: "搜不到答案", empty: "没有待处理的缺口", text: "搜索没有找到答案的问题会列在这里。" },
  { view: TICKETS, name: "没写成文章的工单", empty: "解决过的工单都写成了文章", text: "" },
  { view: "drafted", name: "已起草", empty: "还没有从缺口起草的文章", text: "" },
  { view: "dismissed", name: "已忽略", empty: "没有忽略的缺口", text: "" },
];
const DEFAULT_DAYS = "90";

const byId = (id) => document.getElementById(id);
const list = byId("gaps");
const keyOf = requestKeys();

let running = null; // AbortController of the request under way

function stateFromAddress() {
  const parameters = new URLSearchParams(location.search);
  const days = parameters.get("days");
  return {
    view: VIEWS.find((one) => one.view === parameters.get("view")) || VIEWS[0],
    days: [...byId("days").options].some((one) => one.value === days) ? days : DEFAULT_DAYS,
  };
}

function addressOf(view, days) {
  const given = { view: view === VIEWS[0].view ? "" : view, days: days === DEFAULT_DAYS ? "" : days };
  const query = new URLSearchParams(Object.entries(given).filter(([, value]) => value)).toString();
  return query ? `/gaps?${query}` : "/gaps";
}

const toArticle = (article) => location.assign(articlePath(article.article_id));

const decisions = {
  draft: async (gap) => toArticle(await draftFromGap(gap.gap_id, { actor: requireActor() })),
  dismiss: async (gap, reason) => {
    await dismissGap(gap.gap_id, { actor: requireActor(), reason });
    await load();
  },
  reopen: async (gap) => {
    await reopenGap(gap.gap_id);
    await load();
  },
};

async function draftFromTicket(ticketId) {
  const body = { ticket_id: ticketId, actor: requireActor() };
  toArticle(await createArticle(body, keyOf(body)));
}

function show({ view }, told) {
  const cards = told.groups
    ? told.groups.map((group) => unwrittenCard(group, draftFromTicket))
    : told.gaps.map((gap) => gapCard(gap, decisions));
  list.replaceChildren(...cards);
  byId("error").hidden = true;
  byId("empty").hidden = cards.length > 0;
  byId("empty-title").textContent = view.empty;
  byId("empty-text").textContent = view.text;
  const sum = (told.groups || told.gaps).reduce((total, one) => total + one.count, 0);
  const unit = told.groups ? `${cards.length} 类，共 ${sum} 张工单` : `${cards.length} 个问题，共搜过 ${sum} 次`;
  byId("status").textContent = cards.length ? unit : "";
}

function showError(error) {
  byId("error-title").textContent = error.title || "页面出错";
  byId("error-detail").textContent = error.detail || "列表无法显示，请重试；仍不行请联系管理员。";
  byId("error").hidden = false;
  byId("empty").hidden = true;
  list.replaceChildren();
  byId("status").textContent = "";
}

async function load() {
  if (running) running.abort();
  const controller = new AbortController();
  running = controller;
  const state = stateFromAddress();
  list.setAttribute("aria-busy", "true");
  try {
    const ask = state.view.view === TICKETS ? listUnwritten : (...given) => listGaps(state.view.view, ...given);
    const told = await ask(state.days, controller.signal);
    if (running === controller) show(state, told);
  } catch (error) {
    if (running !== controller) return; // a newer request has taken over
    showError(error);
  }
  if (running !== controller) return;
  list.setAttribute("aria-busy", "false");
  running = null;
}

function showAddress() {
  const { view, days } = stateFromAddress();
  for (const chip of byId("views").children) chip.setAttribute("aria-pressed", String(chip.dataset.view === view.view));
  byId("days").value = days;
  load();
}

function go(view, days) {
  history.pushState(null, "", addressOf(view, days));
  showAddress();
}

byId("views").replaceChildren(
  ...VIEWS.map(({ view, name }) => el("button", { class: "chip", type: "button", "data-view": view }, name)),
);
byId("views").addEventListener("click", (event) => {
  const chip = event.target.closest(".chip");
  if (chip) go(chip.dataset.view, stateFromAddress().days);
});
byId("days").addEventListener("change", () => go(stateFromAddress().view.view, byId("days").value));
byId("retry").addEventListener("click", load);
addEventListener("popstate", showAddress);
showAddress();
