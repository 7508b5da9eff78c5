// The list of knowledge articles, by state, and those to be reviewed again. The view lives in the address.

import { fetchReviewList, listArticles } from "./article-api.js";
import { reviewSections } from "./article-review.js";
import { articleRow, articleTable } from "./article-rows.js";
import { articlePath } from "./article-badges.js";
import { loadArticleWorkflow } from "./article-workflow.js";
import { prepareNewArticle } from "./new-article.js";
import { el, remember } from "./text.js";

const REVIEW = "review";
const IN_USE = ["draft", "in_review", "published"];

const byId = (id) => document.getElementById(id);
const lists = byId("articles");

let workflow = null; // once it is there
let views = [];
let running = null; // AbortController of the request under way
let nextCursor = null;

function viewsOf({ states }) {
  return [
    { view: "", name: "在用", states: IN_USE },
    ...states.map(({ value, name }) => ({ view: value, name, states: [value] })),
    { view: REVIEW, name: "待复核", states: [] },
  ];
}

function viewFromAddress() {
  const name = new URLSearchParams(location.search).get("view") || "";
  return views.find((one) => one.view === name) || views[0];
}

const addressOf = ({ view }) => (view ? `/articles?view=${view}` : "/articles");

function show(view, page, more) {
  nextCursor = page.next_cursor || null;
  if (more) lists.querySelector("tbody").append(...page.articles.map((one) => articleRow(one, workflow)));
  else if (view.view === REVIEW) lists.replaceChildren(...reviewSections(page, workflow));
  else lists.replaceChildren(...(page.articles.length ? [articleTable("知识文章", page.articles, workflow)] : []));
  const count = lists.querySelectorAll("tbody tr").length;
  byId("more").hidden = !nextCursor;
  byId("error").hidden = true;
  const empty = lists.childElementCount === 0;
  byId("empty").hidden = !empty;
  byId("empty-title").textContent = view.view === REVIEW ? "没有要复核的文章" : "这里还没有文章";
  byId("empty").querySelector("p").hidden = view.view === REVIEW;
  byId("status").textContent = empty || view.view === REVIEW ? "" : `${count} 篇${nextCursor ? "，还有更早的" : ""}`;
}

function showError(error) {
  byId("error-title").textContent = error.title || "页面出错";
  byId("error-detail").textContent = error.detail || "列表无法显示，请重试；仍不行请联系管理员。";
  byId("error").hidden = false;
  byId("empty").hidden = true;
  lists.replaceChildren();
  byId("more").hidden = true;
  byId("status").textContent = "";
}

/** @param more adds the next page below the rows that are shown */
async function load({ more = false } = {}) {
  if (running) running.abort();
  const controller = new AbortController();
  running = controller;
  const view = viewFromAddress();
  lists.setAttribute("aria-busy", "true");
  try {
    const { signal } = controller;
    const cursor = more && nextCursor;
    const page = await (view.view === REVIEW ? fetchReviewList(signal) : listArticles(view.states, cursor, signal));
    if (running === controller) show(view, page, more);
  } catch (error) {
    if (running !== controller) return; // a newer request has taken over
    showError(error);
  }
  if (running !== controller) return;
  lists.setAttribute("aria-busy", "false");
  running = null;
}

function showAddress() {
  const shown = viewFromAddress();
  for (const chip of byId("views").children) {
    chip.setAttribute("aria-pressed", String(chip.dataset.view === shown.view));
  }
  remember("kb.articles", addressOf(shown));
  load();
}

function showViews() {
  byId("views").replaceChildren(
    ...views.map(({ view, name }) => el("button", { class: "chip", type: "button", "data-view": view }, name)),
  );
}

/** The names come first, once: without them there is nothing to choose from. */
async function start() {
  lists.setAttribute("aria-busy", "true");
  try {
    workflow ||= await loadArticleWorkflow();
  } catch (error) {
    showError(error);
    lists.setAttribute("aria-busy", "false");
    return;
  }
  views = viewsOf(workflow);
  showViews();
  showAddress();
}

byId("views").addEventListener("click", (event) => {
  const chip = event.target.closest(".chip");
  if (!chip) return;
  history.pushState(null, "", addressOf({ view: chip.dataset.view }));
  showAddress();
});
byId("more").addEventListener("click", () => load({ more: true }));
byId("retry").addEventListener("click", start);
addEventListener("popstate", () => workflow && showAddress());
prepareNewArticle((article) => location.assign(articlePath(article.article_id)));
start();
