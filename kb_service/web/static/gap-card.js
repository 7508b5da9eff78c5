// One knowledge gap: what was asked in vain and how often, and what to do about it.

import { articlePath } from "./article-badges.js";
import { openReason } from "./inline-reason.js";
import { timeElement } from "./moments.js";
import { clearProblem, showProblem } from "./problem-note.js";
import { button, el } from "./text.js";
import { ticketPath } from "./ticket-rows.js";

/** A longer title is cut short; the list below it then has it whole. */
const LONGEST_TITLE = 100;

const percent = (share) => `${Math.round(share * 100)}%`;

/** A button that is off while what it does is under way; what goes wrong is said in `problem`. */
function working(name, what, problem, perform, attributes) {
  const node = button(name, async () => {
    node.disabled = true;
    clearProblem(problem);
    try {
      await perform();
    } catch (error) {
      showProblem(problem, error, { what });
      node.disabled = false;
    }
  }, attributes);
  return node;
}

function outcome({ state, article_id: article, reason, decided_by: actor }) {
  if (state === "drafted" && article) {
    return el("p", { class: "gap-outcome" }, `${actor}起草了 `, el("a", { href: articlePath(article) }, article));
  }
  if (state === "dismissed") return el("p", { class: "gap-outcome" }, `${actor}忽略了它：${reason}`);
  return null;
}

/** @param draft, dismiss, reopen: (gap, ...) => Promise */
export function gapCard(gap, { draft, dismiss, reopen }) {
  const [first, ...others] = gap.examples;
  const listed = first.length > LONGEST_TITLE ? gap.examples : others;
  const problem = el("div");
  const inline = el("div", { class: "inline-form" });
  const dismissing = () => openReason(inline, "忽略", "如：与技术支持无关", (reason) => dismiss(gap, reason));
  const buttons = {
    open: () => [
      working("起草文章", "没有起草", problem, () => draft(gap), { class: "primary" }),
      button("忽略", dismissing),
    ],
    drafted: () => [],
    dismissed: () => [working("取消忽略", "没有取消", problem, () => reopen(gap))],
  };
  const shown = buttons[gap.state]();
  return el(
    "li",
    { class: "sheet gap", "data-gap-id": gap.gap_id },
    el(
      "div",
      { class: "gap-head" },
      el("h2", {}, first),
      el("span", { class: "gap-count" }, `${gap.count} 次`),
    ),
    el(
      "p",
      { class: "gap-facts" },
      el("span", {}, "首次 ", timeElement(gap.first_seen_at)),
      el("span", {}, "最近 ", timeElement(gap.last_seen_at)),
      el("span", { title: "搜到的内容里最接近答案的一次" }, `最接近的一次 ${percent(gap.best_confidence)}`),
    ),
    listed.length ? el("ul", { class: "gap-examples" }, ...listed.map((one) => el("li", {}, one))) : null,
    gap.terms.length
      ? el("ul", { class: "gap-terms", "aria-label": "关键词" }, ...gap.terms.map((term) => el("li", {}, term)))
      : null,
    outcome(gap),
    shown.length ? el("div", { class: "form-buttons" }, ...shown) : null,
    inline,
    problem,
  );
}

/** @param draft (ticketId) => Promise */
export function unwrittenCard({ product, category, count, ticket_ids: ids }, draft) {
  const problem = el("div");
  const name = [product || "未填产品", category || "未分类"].join(" · ");
  const item = (id) =>
    el(
      "li",
      {},
      el("a", { href: ticketPath(id) }, id),
      working("起草", "没有起草", problem, () => draft(id), { class: "quiet", "aria-label": `从 ${id} 起草` }),
    );
  return el(
    "li",
    { class: "sheet gap" },
    el("div", { class: "gap-head" }, el("h2", {}, name), el("span", { class: "gap-count" }, `${count} 张`)),
    el("p", { class: "gap-facts" }, count > ids.length ? `最近的 ${ids.length} 张：` : "已解决，没有写成文章，也没有用到文章"),
    el("ul", { class: "unwritten" }, ...ids.map(item)),
    problem,
  );
}
