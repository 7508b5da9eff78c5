// The rules that a ticket triggers as it stands now, in the words of the regulations.

import { clearProblem, showProblem } from "./problem-note.js";
import { block, el, foldedText, ownPath } from "./text.js";
import { fetchRules } from "./ticket-api.js";

const IN_SIGHT = 4;

const outward = (cited) => el("a", { href: ownPath(cited.url), target: "_blank", rel: "noopener" }, cited.label);

function ruleItem({ name, citation, text, why, also }) {
  const words = foldedText(text, "rule-text");
  const further = (also || []).map((cited) => el("li", {}, outward(cited)));
  const node = el(
    "li",
    { class: "rule" },
    el("h4", {}, name, el("span", { class: "rule-why" }, why)),
    ...words.nodes,
    el("p", { class: "solution-citation" }, outward(citation)),
    further.length
      ? el("details", { class: "rule-also" }, el("summary", {}, `另有 ${further.length} 处同样规定`), el("ul", {}, ...further))
      : null,
  );
  return { node, offer: words.offer };
}

/** What has to be done first is in sight, the rest a click away. */
function lists(items) {
  const list = (some) => el("ul", {}, ...some.map((one) => one.node));
  const rest = items.slice(IN_SIGHT);
  if (!rest.length) return [list(items)];
  const details = el("details", { class: "rule-rest" }, el("summary", {}, `其余 ${rest.length} 条`), list(rest));
  details.addEventListener("toggle", () => rest.forEach((one) => one.offer()));
  return [list(items.slice(0, IN_SIGHT)), details];
}

/** @returns {load}: to be called whenever the ticket has gone a step on */
export function prepareRules(ticketId) {
  const holder = document.getElementById("rules");
  const problem = document.getElementById("rules-problem");
  let asked = 0;

  async function load() {
    const mine = ++asked;
    try {
      const { rules } = await fetchRules(ticketId);
      if (mine !== asked) return; // a later step has asked again
      const items = rules.map(ruleItem);
      clearProblem(problem);
      holder.replaceChildren(...(items.length ? [block("现在适用的规定", items.length, ...lists(items))] : []));
      for (const one of items) one.offer();
    } catch (error) {
      if (mine === asked) showProblem(problem, error, { what: "适用的规定没有取到", reload: load });
    }
  }

  return { load };
}
