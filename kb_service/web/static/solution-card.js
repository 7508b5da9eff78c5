// One suggested solution: its words, where they stand, what speaks for it, and what becomes of it.

import { momentText } from "./moments.js";
import { outcomeName } from "./outcomes.js";
import { clearProblem, showProblem } from "./problem-note.js";
import { isComplete } from "./required-fields.js";
import { button, el, foldedText, kindBadge, ownPath } from "./text.js";

const IN_DRAFT = ["adopted", "edited"];
const REASONS = ["现象不同", "试过，无效", "产品或版本不符", "内容已过时"];

/** 采用 3 次 · 否决 1 次 · 成功率 0.74, without what is not known. */
export function evidenceText({ times_adopted: adopted, times_rejected: rejected, success_rate: rate }) {
  if (!adopted && !rejected) return "还没有采用记录";
  const parts = [`采用 ${adopted} 次`, `否决 ${rejected} 次`];
  if (rate !== null && rate !== undefined) parts.push(`成功率 ${rate.toFixed(2)}`);
  return parts.join(" · ");
}

/** How others changed it before it helped them, or null; each can be taken as the text of one's own change. */
function usedEdits(edits, take) {
  if (!edits.length) return null;
  const items = edits.map(({ text, state, actor, at, ticket_id: ticket, external_id: external }) => {
    const words = foldedText(text, "solution-text");
    const told = [outcomeName(state), ticket || external, actor, momentText(at)].filter(Boolean).join(" · ");
    const node = el("li", {}, ...words.nodes, el("p", { class: "hint" }, told), button("照此修改", () => take(text)));
    return { node, offer: words.offer };
  });
  const list = el("ul", {}, ...items.map((one) => one.node));
  const node = el("details", { class: "used-edits" }, el("summary", {}, `有人改后采用（${items.length}）`), list);
  node.addEventListener("toggle", () => items.forEach((one) => one.offer()));
  return { node };
}

/**
 * @param feedback (documentId, outcome, more) => Promise, tells the service
 * @param taken (text, label) is called with what was adopted
 * @returns {node, offer, show}: `show` takes the solution's standing and its last outcome
 */
export function solutionCard(solution, { feedback, taken, reload }) {
  const { citation, document_id: documentId, evidence } = solution;
  const symptom = evidence.similar_symptom;
  const words = foldedText(solution.solution || "原文已经修改或撤下，请重新查找", "solution-text");
  const standing = el("span", { class: "solution-state", hidden: true });
  const buttons = el("div", { class: "form-buttons" });
  const inline = el("div", { class: "inline-form" });
  const problem = el("div");
  let mayEdit = false;
  const label = citation ? citation.label : "";
  const link = citation && el("a", { href: ownPath(citation.url), target: "_blank", rel: "noopener" }, label || "查看原文");
  // Whether it was read is worth knowing, but nothing waits for it.
  link?.addEventListener("click", () => feedback(documentId, "opened").catch(() => {}));

  async function tell(outcome, more, done) {
    clearProblem(problem);
    const controls = node.querySelectorAll("button");
    for (const one of controls) one.disabled = true;
    try {
      await feedback(documentId, outcome, more);
      inline.replaceChildren();
      if (done) done();
    } catch (error) {
      showProblem(problem, error, { what: "没有记下", reload });
    }
    for (const one of controls) one.disabled = false;
  }

  const adopt = () => tell("adopted", {}, () => taken(solution.solution, label));

  function edit(text = solution.solution) {
    const box = el("textarea", { "aria-label": "修改后的办法", rows: 6, maxlength: 100000, required: true });
    box.value = text;
    openInline(box, "采用修改稿", () => tell("edited", { text: box.value.trim() }, () => taken(box.value, label)));
  }

  function reject() {
    const given = { type: "text", maxlength: 2000, required: true, placeholder: "为什么不用它" };
    const box = el("input", { ...given, "aria-label": "否决的理由" });
    const quick = REASONS.map((reason) => button(reason, () => tell("rejected", { reason }), { class: "chip" }));
    const usual = el("div", { class: "chips", role: "group", "aria-label": "常用理由" }, ...quick);
    openInline(box, "否决", () => tell("rejected", { reason: box.value.trim() }), usual);
  }

  function openInline(box, name, submit, above = null) {
    const accept = el("button", { type: "submit", class: "primary" }, name);
    const below = el("div", { class: "form-buttons" }, accept, button("取消", closeInline));
    const form = el("form", { autocomplete: "off" }, above, box, below);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (isComplete(form)) submit();
    });
    form.addEventListener("keydown", (event) => event.key === "Escape" && !event.isComposing && closeInline());
    inline.replaceChildren(form);
    box.focus();
    form.scrollIntoView({ block: "nearest" });
  }

  function closeInline() {
    inline.replaceChildren();
    buttons.querySelector("button")?.focus();
  }

  const useEdit = (text) => (mayEdit ? edit(text) : taken(text, label));
  const edits = usedEdits(evidence.edits || [], useEdit);
  const node = el(
    "li",
    { class: "solution", "data-document-id": documentId },
    el(
      "div",
      { class: "solution-head" },
      kindBadge(solution.source),
      el("h3", { class: "solution-title" }, solution.title),
      standing,
    ),
    ...words.nodes,
    link ? el("p", { class: "solution-citation" }, link) : null,
    el("p", { class: "evidence", title: symptom }, evidenceText(evidence), symptom ? ` · 当时现象：${symptom}` : null),
    edits?.node,
    buttons,
    inline,
    problem,
  );

  /** @param possible outcomes that may follow; @param reason of a rejection */
  function show({ state, possible }, reason) {
    node.dataset.state = state;
    mayEdit = possible.includes("edited");
    standing.hidden = !outcomeName(state);
    standing.textContent = outcomeName(state) + (state === "rejected" && reason ? `：${reason}` : "");
    const offered = [["adopted", "采用", adopt], ["edited", "修改后采用", () => edit()], ["rejected", "否决", reject]];
    const had = buttons.contains(document.activeElement);
    buttons.replaceChildren(
      ...offered
        .filter(([outcome]) => possible.includes(outcome) && (solution.solution || outcome === "rejected"))
        .map(([outcome, name, act]) => button(name, act, { "data-outcome": outcome })),
    );
    if (IN_DRAFT.includes(state)) buttons.append(el("a", { class: "to-draft", href: "#draft" }, "看草稿"));
    if (had) buttons.querySelector("button")?.focus();
  }

  return { node, offer: words.offer, show };
}
