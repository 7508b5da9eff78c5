// The draft of a reply: filled by the solutions that are adopted, edited, then sent or taken as the solution.

import { clearProblem, showProblem } from "./problem-note.js";
import { recall, remember } from "./text.js";

const BASIS = "依据：";

const byId = (id) => document.getElementById(id);
const box = byId("draft");

/** The draft with one more solution; what it rests on stands together at its end. */
export function withSolution(draft, text, label) {
  const lines = draft.trimEnd().split("\n");
  const last = lines[lines.length - 1];
  const has = last.startsWith(BASIS);
  const said = (has ? lines.slice(0, -1).join("\n") : lines.join("\n")).trim();
  const labels = has ? last.slice(BASIS.length).split("；") : [];
  const body = said.includes(text.trim()) ? said : [said, text.trim()].filter(Boolean).join("\n\n");
  const basis = [...new Set([...labels, label].filter(Boolean))].join("；");
  return basis ? `${body}\n\n${BASIS}${basis}` : body;
}

/**
 * @param respond (text) => Promise, tells the customer
 * @param resolve (text) opens the form of the solution
 */
export function prepareDraft(ticketId, { respond, resolve, reload }) {
  const key = `kb.draft.${ticketId}`;
  let allowed = [];

  function update() {
    remember(key, box.value);
    const empty = !box.value.trim();
    byId("respond").disabled = empty || !allowed.includes("respond");
    byId("fill-resolve").disabled = empty || !allowed.includes("resolve");
    byId("clear-draft").hidden = empty;
    byId("draft-hint").textContent =
      !empty && allowed.includes("start") ? "开始处理之后才能填入解决" : "";
  }

  box.value = recall(key) || "";
  box.addEventListener("input", update);
  byId("clear-draft").addEventListener("click", () => {
    box.value = "";
    update();
    box.focus();
  });
  byId("fill-resolve").addEventListener("click", () => resolve(box.value.trim()));
  byId("respond").addEventListener("click", async () => {
    clearProblem(byId("draft-problem"));
    byId("respond").disabled = true;
    try {
      await respond(box.value.trim());
      byId("draft-hint").textContent = "已回复客户，草稿保留，可以填入解决";
    } catch (error) {
      showProblem(byId("draft-problem"), error, { what: "没有回复", reload });
      update();
    }
  });

  return {
    allow(actions) {
      allowed = actions;
      update();
    },
    add(text, label) {
      box.value = withSolution(box.value, text, label);
      box.rows = Math.min(16, Math.max(6, box.value.split("\n").length + 2));
      update();
    },
  };
}
