// What states, steps, fields and doubts of an article are called, and which fields each step takes.

import { el } from "./text.js";

export const STATE_NAMES = { draft: "草稿", in_review: "审核中", published: "已发布", archived: "已归档" };

export const FLAG_NAMES = { outdated: "过时", wrong: "有误", duplicate: "重复", unclear: "不清楚" };

export const CONTENT_NAMES = {
  title: "标题",
  symptom: "现象",
  environment: "环境",
  cause: "原因",
  solution: "解决办法",
  product: "产品",
  category: "类别",
  product_version: "适用版本",
};

const ACTION_NAMES = {
  create: "起草",
  edit: "修改",
  submit: "提交审核",
  send_back: "退回",
  publish: "发布",
  revise: "修订",
  discard_revision: "放弃修订",
  confirm: "复核通过",
  flag: "标记问题",
  link: "关联工单",
  unlink: "取消关联",
  archive: "归档",
  restore: "重新起草",
};

const LONGEST_TEXT = 100000;

const reason = (name) => ({ field: "reason", name, required: true, input: "text", longest: LONGEST_TEXT });
const ticket = { field: "ticket_id", name: "单号", required: true, input: "line", longest: 11 };
const reviewDay = { field: "review_due_at", name: "下次复核", required: false, input: "date" };
const flag = {
  field: "flag",
  name: "问题",
  required: true,
  input: "choice",
  choices: Object.keys(FLAG_NAMES),
  names: FLAG_NAMES,
};

const FIELDS = {
  submit: [],
  send_back: [reason("退回的理由")],
  publish: [reviewDay],
  revise: [],
  discard_revision: [reason("放弃的理由")],
  confirm: [reviewDay],
  flag: [flag, reason("说明")],
  link: [ticket],
  unlink: [ticket],
  archive: [reason("归档的理由")],
  restore: [reason("重新起草的理由")],
};

/** The life of an article in the shape that `prepareActions` reads. */
export const articleWorkflow = {
  actionName: (action) => ACTION_NAMES[action] || action,
  fieldsOf: (action) => FIELDS[action] || [],
};

/** How the steps of an article are put up. */
export const ARTICLE_STEPS = {
  of: "文章",
  elsewhere: ["edit"],
  usual: ["publish", "submit", "restore"],
  unusual: ["unlink", "discard_revision", "archive"],
};

export const articlePath = (articleId) => `/articles/${encodeURIComponent(articleId)}`;

export const articleState = (state) => el("span", { class: "state", "data-state": state }, STATE_NAMES[state] || state);

/** Whether searches find the published text; null where nothing is to be said. */
export function foundBadge({ published, searchable }) {
  if (published) return el("span", { class: `found ${searchable ? "is-found" : ""}` }, searchable ? "可被检索到" : "正在进入检索");
  return searchable ? null : el("span", { class: "found" }, "正在从检索中撤下");
}
