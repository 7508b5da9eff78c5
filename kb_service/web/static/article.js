// The editor of a knowledge article: its fields with a preview, the steps of its life and its history.

import { prepareActions } from "./action-forms.js";
import { requireActor } from "./actor.js";
import { ApiError } from "./api.js";
import { actOnArticle, fetchArticle, fetchArticleHistory } from "./article-api.js";
import { prepareFields } from "./article-fields.js";
import { showFindings } from "./article-findings.js";
import { showArticleHead } from "./article-head.js";
import { showArticleHistory } from "./article-history.js";
import { previewNodes } from "./article-preview.js";
import { ARTICLE_STEPS, loadArticleWorkflow } from "./article-workflow.js";
import { clearProblem, showProblem } from "./problem-note.js";
import { requestKeys } from "./request-keys.js";
import { recall } from "./text.js";

/** These leave the fields as they are, so something unsaved may wait. */
const BESIDE_THE_TEXT = ["flag", "link", "unlink"];
const LOCKED = {
  in_review: "审核中，退回后可以再改",
  archived: "已归档，重新起草后可以再改",
};

const byId = (id) => document.getElementById(id);
const articleId = idFromAddress();
const keyOf = requestKeys();

let article = null;
let workflow = null;
let fields = null;
let actions = null;

function idFromAddress() {
  try {
    return decodeURIComponent(location.pathname.slice("/articles/".length));
  } catch {
    return ""; // malformed percent-encoding: no such article
  }
}

const isEditable = () => article !== null && article.allowed_actions.includes("edit");
const isChanged = () => Object.keys(fields.changes()).length > 0;

// ---- Showing -------------------------------------------------------------------------------

/** What follows from what was typed. */
function update() {
  if (!article) return;
  const changed = isChanged();
  byId("preview").replaceChildren(...previewNodes(fields.content(), workflow));
  byId("preview-hint").textContent = changed ? "尚未保存" : "";
  byId("save").disabled = !changed || !isEditable();
  byId("revert").hidden = !changed;
  byId("save-hint").textContent = changed ? "" : isEditable() ? "客户名称与个人信息保存时会自动遮盖" : "";
}

function showPublished() {
  const { published, state } = article;
  byId("published").hidden = !published || state === "published";
  if (!published) return;
  const told = `现在检索到的是第 ${published.number} 次发布的版本，由${published.reviewer}审核`;
  byId("published").querySelector("summary").textContent = told;
  byId("published-text").replaceChildren(...previewNodes(published, workflow));
}

function show(events) {
  showArticleHead(article, workflow);
  fields.allow(isEditable());
  byId("columns").classList.toggle("is-locked", !isEditable());
  fields.show(article);
  byId("save").textContent = article.state === "published" ? "保存修改并送审" : "保存";
  byId("content-hint").textContent =
    LOCKED[article.state] || (article.state === "published" ? "修改经审核后才替换已发布的文本" : "");
  byId("content").querySelector(".save-line").hidden = !isEditable() && !isChanged();
  showPublished();
  const withoutLinks = article.linked_tickets.length === 0;
  actions.showActions(article.allowed_actions.filter((action) => action !== "unlink" || !withoutLinks));
  showFindings(article, { editable: isEditable(), take: (text) => fields.fill("solution", text) });
  if (events) showArticleHistory(byId("history"), events, workflow);
}

/** Load the article as it stands now; what was typed stays. */
async function reload() {
  const [now, history] = await Promise.all([fetchArticle(articleId), fetchArticleHistory(articleId)]);
  article = now;
  show(history.events);
}

// ---- Changing ------------------------------------------------------------------------------

async function step(action, given) {
  const body = { action, sequence: article.sequence, actor: requireActor(), ...given };
  article = await actOnArticle(articleId, body, keyOf(body));
}

function told(given) {
  const day = given.review_due_at;
  return day ? { ...given, review_due_at: new Date(`${day}T00:00`).toISOString() } : given;
}

/** Carry one step out, saving first what a submission would leave behind, then show where it led. */
async function perform(action, given) {
  if (isChanged() && !BESIDE_THE_TEXT.includes(action)) {
    if (action !== "submit") throw new ApiError("还没有保存", "内容有未保存的修改，请先保存或还原。");
    await save();
    show();
  }
  await step(action, told(given));
  await showOutcome(workflow.actionName(action));
}

async function save() {
  const changes = fields.changes();
  await step("edit", changes);
  fields.sent(changes);
}

async function showOutcome(name) {
  byId("status").textContent = `${name}：已完成`;
  show();
  showArticleHistory(byId("history"), (await fetchArticleHistory(articleId)).events, workflow);
}

function listen() {
  byId("content").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!isEditable() || !isChanged()) return;
    const holder = byId("content-problem");
    clearProblem(holder);
    byId("save").disabled = true;
    try {
      await save();
      await showOutcome("保存");
      byId("save-hint").textContent = "已保存";
    } catch (error) {
      showProblem(holder, error, { what: "没有保存", reload });
      update();
    }
  });
  byId("revert").addEventListener("click", () => fields.revert());
  addEventListener("beforeunload", (event) => {
    if (isChanged()) event.preventDefault();
  });
}

// ---- Starting ------------------------------------------------------------------------------

function showError(error) {
  byId("loading").hidden = true;
  byId("error").hidden = false;
  byId("error-title").textContent = error.title || "页面出错";
  byId("error-detail").textContent = error.detail || "文章无法显示，请重试；仍不行请联系管理员。";
  byId("editor").setAttribute("aria-busy", "false");
}

async function start() {
  byId("error").hidden = true;
  byId("loading").hidden = false;
  byId("editor").setAttribute("aria-busy", "true");
  try {
    const [names, first, history] = await Promise.all([
      loadArticleWorkflow(),
      fetchArticle(articleId),
      fetchArticleHistory(articleId),
    ]);
    if (article) return; // a second click on the button was faster
    [workflow, article] = [names, first];
    fields = prepareFields(byId("content"), workflow, update);
    const prefill = (action) => (action === "unlink" ? { ticket_id: article.linked_tickets[0] } : {});
    actions = prepareActions(workflow, { perform, prefill, reload, steps: ARTICLE_STEPS });
    show(history.events);
  } catch (error) {
    showError(error);
    return;
  }
  listen();
  byId("loading").hidden = true;
  byId("article").hidden = false;
  byId("editor").setAttribute("aria-busy", "false");
}

byId("back").href = recall("kb.articles") || "/articles";
byId("retry").addEventListener("click", start);
start();
