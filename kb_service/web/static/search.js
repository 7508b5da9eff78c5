// The search page. Its state (query, kinds, date, explain) lives in the address, so that
// back, forward and reload give the same results.

import { search } from "./api.js";
import { hitItem, limitsText, observePassages, queryExplanation } from "./hits.js";
import { KIND_NAMES, LAST_SEARCH_KEY, el, remember } from "./text.js";

const LIMIT = 10;
const DATE_SETTLE_MS = 500;

const byId = (id) => document.getElementById(id);
const form = byId("search-form");
const queryBox = byId("query");
const dateBox = byId("on");
const explainBox = byId("explain");
const statusLine = byId("status");
const results = byId("results");
const chips = [...document.querySelectorAll(".chip")];

let running = null; // AbortController of the request under way
let latest = null; // state of the latest search, for another try
let dateTimer = 0;

// ---- State: address <-> form ---------------------------------------------------------------

function stateFromAddress() {
  const parameters = new URLSearchParams(location.search);
  const kinds = parameters.getAll("kind").flatMap((value) => value.split(","));
  return {
    query: parameters.get("q") || "",
    kinds: Object.keys(KIND_NAMES).filter((kind) => kinds.includes(kind)),
    on: parameters.get("on") || "",
    explain: parameters.get("explain") === "1",
  };
}

function stateFromForm() {
  return {
    query: queryBox.value.trim(),
    kinds: chips.filter((chip) => chip.dataset.kind && isPressed(chip)).map((chip) => chip.dataset.kind),
    on: dateBox.validity.valid ? dateBox.value : "",
    explain: explainBox.checked,
  };
}

function fillForm(state) {
  queryBox.value = state.query;
  dateBox.value = state.on;
  if (!dateBox.validity.valid) dateBox.value = ""; // what is shown is what is searched for
  explainBox.checked = state.explain;
  pressChips(state.kinds);
}

function addressOf(state) {
  const parameters = new URLSearchParams();
  if (state.query) parameters.set("q", state.query);
  for (const kind of state.kinds) parameters.append("kind", kind);
  if (state.on) parameters.set("on", state.on);
  if (state.explain) parameters.set("explain", "1");
  const text = parameters.toString();
  return text ? `/?${text}` : "/";
}

const isPressed = (chip) => chip.getAttribute("aria-pressed") === "true";

function pressChips(kinds) {
  const all = kinds.length === 0 || kinds.length === Object.keys(KIND_NAMES).length;
  for (const chip of chips) {
    const kind = chip.dataset.kind;
    chip.setAttribute("aria-pressed", String(kind ? !all && kinds.includes(kind) : all));
  }
}

/** Put the form's state into the address as a new history entry, then search. */
function submit() {
  clearTimeout(dateTimer);
  const state = stateFromForm();
  const address = addressOf(state);
  if (address !== location.pathname + location.search) history.pushState(null, "", address);
  run(state);
}

// ---- Searching -----------------------------------------------------------------------------

async function run(state) {
  if (running) running.abort();
  running = null;
  latest = state;
  remember(LAST_SEARCH_KEY, addressOf(state));
  document.title = state.query ? `${state.query} - 技术支持知识库` : "技术支持知识库";
  if (!state.query) {
    showOnly("welcome");
    return;
  }
  const controller = new AbortController();
  running = controller;
  showLoading();
  try {
    const answer = await search(requestBody(state), controller.signal);
    if (running !== controller) return;
    showAnswer(answer, state);
  } catch (error) {
    if (running !== controller) return; // a newer search has taken over
    showOnly("error");
    byId("error-title").textContent = error.title || "页面出错";
    byId("error-detail").textContent = error.detail || "结果无法显示，请重试；仍不行请联系管理员。";
  }
  running = null;
}

function requestBody(state) {
  const filters = {};
  if (state.kinds.length) filters.kinds = state.kinds;
  if (state.on) filters.effective_on = state.on;
  return { query: state.query, limit: LIMIT, filters, explain: state.explain };
}

// ---- Showing -------------------------------------------------------------------------------

/** Show one of the panels (welcome, empty, error) or none, with everything else put away. */
function showOnly(panel) {
  for (const id of ["welcome", "empty", "error"]) byId(id).hidden = id !== panel;
  byId("notice").hidden = true;
  byId("query-explanation").hidden = true;
  results.setAttribute("aria-busy", "false");
  results.replaceChildren();
  statusLine.textContent = "";
  byId("keys").hidden = panel === "error";
}

function showLoading() {
  const hadResults = results.querySelector(".hit") !== null;
  if (!hadResults) {
    showOnly(null);
    const bars = () => el("li", { class: "skeleton", "aria-hidden": "true" }, el("i"), el("i"), el("i"), el("i"));
    results.replaceChildren(bars(), bars(), bars());
  }
  statusLine.textContent = "正在搜索…";
  results.setAttribute("aria-busy", "true");
}

function foundText(answer, count, time) {
  if (!count) return `没有找到结果，用时 ${time}`;
  return answer.answered ? `找到 ${count} 条结果，用时 ${time}` : `没有找到答案，列出最接近的 ${count} 条，用时 ${time}`;
}

/** Nobody finds anything in a knowledge base without content: no other words help there. */
function nothingThere([first]) {
  return Boolean(first) && first.name === "access" && first.chunks === 0;
}

function emptyReason(limits) {
  if (nothingThere(limits)) return "知识库里还没有你能查看的内容。请管理员用 kb ingest 导入文件夹，导入后即可搜索。";
  const told = limitsText(limits);
  return told && `可查的内容按条件逐步缩小：${told}。`;
}

function showAnswer(answer, state) {
  const hits = answer.hits || [];
  showOnly(hits.length ? null : "empty");
  byId("empty-filters").hidden = !state.kinds.length && !state.on;
  const time = answer.took_ms < 1000 ? `${Math.round(answer.took_ms)} 毫秒` : `${(answer.took_ms / 1000).toFixed(1)} 秒`;
  statusLine.textContent = foundText(answer, hits.length, time);
  byId("notice").hidden = answer.answered || !hits.length;
  const why = answer.explanation;
  const limits = (why && why.limits) || [];
  byId("empty-why").textContent = emptyReason(limits);
  byId("empty-why").hidden = !byId("empty-why").textContent;
  byId("empty-ways").hidden = nothingThere(limits);
  if (state.explain && why) byId("query-explanation").replaceChildren(queryExplanation(why, answer.confidence));
  byId("query-explanation").hidden = !state.explain || !why;
  results.replaceChildren(...hits.map(hitItem));
  observePassages(results);
  const opened = history.state && results.children[history.state.hit];
  if (opened) focusHit(opened);
}

// ---- Keyboard and events -------------------------------------------------------------------

function focusHit(hit) {
  hit.querySelector(".hit-citation").focus({ preventScroll: true });
  hit.scrollIntoView({ block: "nearest" });
}

function focusQuery() {
  queryBox.focus();
  queryBox.select();
}

function moveBy(step) {
  const hits = [...results.querySelectorAll(".hit")];
  const here = hits.findIndex((hit) => hit.contains(document.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : -1) : here + step;
  if (hits[next]) focusHit(hits[next]);
  else if (here === 0 && step < 0) focusQuery();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const active = document.activeElement;
  const typing = active && active.matches("input:not([type=checkbox]), textarea, select");
  const arrows = active === queryBox || results.contains(active);
  let handled = true;
  if (event.key === "Escape" && active === queryBox) queryBox.value = "";
  else if (event.key === "/" && !typing) focusQuery();
  else if (event.key === "j" && !typing) moveBy(1);
  else if (event.key === "k" && !typing) moveBy(-1);
  else if (event.key === "ArrowDown" && arrows) moveBy(1);
  else if (event.key === "ArrowUp" && arrows && active !== queryBox) moveBy(-1);
  else handled = false;
  if (handled) event.preventDefault();
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (matchMedia("(hover: none)").matches) queryBox.blur(); // puts the on-screen keyboard away
  submit();
});

byId("kinds").addEventListener("click", (event) => {
  const chip = event.target.closest(".chip");
  if (!chip) return;
  const kind = chip.dataset.kind;
  const kinds = stateFromForm().kinds;
  if (!kind) pressChips([]);
  else pressChips(kinds.includes(kind) ? kinds.filter((other) => other !== kind) : [...kinds, kind]);
  submit();
});

explainBox.addEventListener("change", submit);
dateBox.addEventListener("change", () => {
  clearTimeout(dateTimer); // a date typed by hand passes through years such as 0020
  dateTimer = setTimeout(submit, DATE_SETTLE_MS);
});

byId("retry").addEventListener("click", () => run(latest));
byId("clear-filters").addEventListener("click", () => {
  pressChips([]);
  dateBox.value = "";
  submit();
});
byId("welcome").addEventListener("click", (event) => {
  if (!event.target.matches(".example")) return;
  queryBox.value = event.target.textContent;
  submit();
});

// Coming back from a document puts the focus on the hit it was opened from.
results.addEventListener("click", (event) => {
  const hit = event.target.closest("a") && event.target.closest(".hit");
  if (hit) history.replaceState({ hit: [...results.children].indexOf(hit) }, "");
});

function showAddress() {
  fillForm(stateFromAddress());
  run(stateFromForm());
}

addEventListener("popstate", () => {
  if (addressOf(stateFromAddress()) !== addressOf(latest)) showAddress(); // the same: only the #fragment changed
});
showAddress();
