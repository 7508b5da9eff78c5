// The head of the workspace: what the ticket is about, where it stands, and its clocks.

import { clockBadge, timeElement } from "./moments.js";
import { el } from "./text.js";
import { followUpBadge, priorityBadge, stateBadge } from "./ticket-rows.js";
import { lineName } from "./workflow.js";

const WORTH_FOLDING = 1.5;

const byId = (id) => document.getElementById(id);

export function showClocks(ticket) {
  const names = [["response", "响应"], ["proposal", "初步建议书"], ["resolution", ticket.proposal ? "方案" : "解决"]];
  for (const [name, label] of names) {
    byId(name).hidden = !ticket[name];
    if (!ticket[name]) continue;
    byId(name).replaceChildren(el("span", { class: "clock-name" }, label), clockBadge(ticket[name], label));
  }
}

export function showHead(ticket, workflow) {
  document.title = `${ticket.ticket_id} ${ticket.title} - 技术支持知识库`;
  byId("ticket-id").textContent = ticket.ticket_id;
  byId("title").textContent = ticket.title;
  byId("kind").textContent = workflow.kindName(ticket.kind);
  byId("state").replaceChildren(stateBadge(ticket, workflow));
  byId("priority").replaceChildren(priorityBadge(ticket.priority));
  showClocks(ticket);
  const attributes = [
    ["客户", ticket.customer],
    ["渠道", ticket.channel],
    ["产品", ticket.product],
    ["合同", ticket.contract],
    ["分类", ticket.category],
    ["处理人", ticket.assignee && ticket.assignee + (ticket.level > 1 ? `（${lineName(ticket.level)}）` : "")],
    ["登记", timeElement(ticket.created_at)],
    ["用时", ticket.minutes_worked && `${ticket.minutes_worked} 分钟`],
    ["外部单号", ticket.external_id && `${ticket.source} ${ticket.external_id}`],
    ["重开", ticket.reopened && `${ticket.reopened} 次`],
    ["满意度", ticket.satisfaction && `${ticket.satisfaction} 分`],
    ["待办", followUpBadge(ticket.follow_up)],
  ];
  byId("attributes").replaceChildren(
    ...attributes
      .filter(([, value]) => value)
      .map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
  );
  showDescription(ticket.description);
}

/** The description never changes: drawn once, so that an unfolded one stays so. */
function showDescription(text) {
  const box = byId("description");
  if (box.textContent === text) return;
  box.textContent = text;
  box.hidden = !text.trim();
}

/** Fold a description that is much too long; to be asked once the page is laid out. */
export function offerUnfolding() {
  const box = byId("description");
  const unfold = byId("unfold");
  unfold.hidden = box.scrollHeight <= box.clientHeight * WORTH_FOLDING;
  box.classList.toggle("folded", !unfold.hidden);
  unfold.addEventListener("click", () => {
    const folded = box.classList.toggle("folded");
    unfold.textContent = folded ? "展开全文" : "收起";
    unfold.setAttribute("aria-expanded", String(!folded));
  });
}
