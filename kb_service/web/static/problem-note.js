// Says what went wrong next to where it did; what somebody else has changed can be loaded anew from there.

import { articlePath } from "./article-badges.js";
import { button, el } from "./text.js";

const STALE = { "stale-ticket": "这张工单", "stale-article": "这篇文章" };

export function clearProblem(holder) {
  holder.replaceChildren();
}

/** An article that is there already is a click away. */
function articleLinks({ code, members }) {
  if (code !== "article-exists" || !Array.isArray(members.article_ids)) return [];
  return members.article_ids.map((id) => el("a", { class: "way", href: articlePath(id) }, `打开 ${id}`));
}

/**
 * @param reload loads the ticket or the article as it stands now; what was typed stays
 * @param what was not done, such as 没有保存
 */
export function showProblem(holder, error, { what, reload }) {
  const stale = STALE[error.code];
  const text = stale
    ? `${stale}刚被别人改过，你的操作没有执行。载入最新内容后核对一下再提交，已填的内容会保留。`
    : `${what}：${error.detail || "页面出错，请重试；仍不行请联系管理员。"}`;
  const load = async () => {
    try {
      await reload();
      clearProblem(holder);
    } catch (failure) {
      showProblem(holder, failure, { what: "没有载入", reload });
    }
  };
  const way = stale ? [button("载入最新", load)] : articleLinks(error);
  holder.replaceChildren(el("p", { class: "problem", role: "alert" }, text, ...way));
}
