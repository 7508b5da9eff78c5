// What the service suggests for a ticket: solutions, a classification, open tickets alike.

import { requireActor } from "./actor.js";
import { clearProblem, showProblem } from "./problem-note.js";
import { solutionCard } from "./solution-card.js";
import { momentText } from "./moments.js";
import { block, button, el } from "./text.js";
import { fetchLastSuggestion, sendFeedback, suggestFor } from "./ticket-api.js";
import { ticketPath } from "./ticket-rows.js";

const LIMIT = 5;
const READ_ONLY = "opened";

const byId = (id) => document.getElementById(id);

/** Confidence from which on another category is worth a look. */
const LEAST_LIKELY = 0.05;

const percent = (share) => `${Math.round(share * 100)}%`;

function duplicateItem(one, stateName, marking) {
  const title = one.ticket_id ? el("a", { href: ticketPath(one.ticket_id) }, one.title) : one.title;
  const notes = [one.ticket_id || one.external_id, one.state && stateName(one.state), `相似 ${percent(one.similarity)}`];
  const hint = el("span", { class: "hint" }, notes.filter(Boolean).join(" · "));
  return el("li", { class: "duplicate", "data-ticket-id": one.ticket_id }, title, hint, marking);
}

function otherCategories(others, choose) {
  const likely = others.filter(({ confidence }) => confidence >= LEAST_LIKELY);
  if (!likely.length) return null;
  const choices = likely.flatMap(({ category, confidence }, place) => {
    const told = `${category} ${percent(confidence)}`;
    const choice = choose ? button(told, () => choose(category), { class: "quiet", "data-category": category }) : told;
    return place ? ["、", choice] : [choice];
  });
  return el("span", { class: "hint other-categories" }, "也可能是：", ...choices);
}

function classificationLine({ category, priority, group, confidence, categories }, classify) {
  if (!category && !priority) return null;
  const values = [category, priority, group].filter(Boolean);
  const choose = classify && ((chosen) => classify({ category: chosen, priority }));
  return el(
    "div",
    { class: "classification" },
    el(
      "span",
      {},
      el("strong", {}, values.join(" · ")),
      el("span", { class: "hint" }, `按相近工单归类，把握 ${percent(confidence)}`),
      otherCategories(categories.slice(1), choose),
    ),
    classify ? button("填入分类", () => classify({ category, priority }), { id: "fill-triage" }) : null,
  );
}

/**
 * @param adopted (text, label) is called with what is taken over into the draft
 * @param judged () => Promise, after a feedback: it has become part of the ticket's history
 * @param classify ({category, priority}) fills them in
 * @param link (ticketId) => Promise, links this ticket as a duplicate of that one
 * @param reload loads the ticket anew
 */
export function prepareSuggestions(ticketId, workflow, { adopted, judged, classify, link, reload }) {
  const holder = byId("suggestion");
  let suggestion = null;
  let cards = new Map();
  let mayClassify = false;
  let links = [];

  async function feedback(documentId, outcome, more = {}) {
    const body = { document_id: documentId, outcome, actor: requireActor(), ...more };
    const record = await sendFeedback(suggestion.suggestion_id, body);
    if (outcome !== READ_ONLY) await judged();
    showStandings(record);
  }

  function showStandings(record) {
    for (const standing of record.solutions) {
      const told = record.outcomes.filter((one) => one.document_id === standing.document_id);
      cards.get(standing.document_id)?.show(standing, told[told.length - 1]?.reason);
    }
  }

  function draw() {
    cards = new Map(
      suggestion.solutions.map((one) => [one.document_id, solutionCard(one, { feedback, taken: adopted, reload })]),
    );
    showStandings(suggestion);
    holder.replaceChildren(
      el("div", { id: "classification" }),
      ...duplicatesBlock(suggestion.duplicates),
      solutionsBlock(suggestion),
    );
    drawClassification();
    drawMarkings();
    for (const card of cards.values()) card.offer();
  }

  function duplicatesBlock(duplicates) {
    if (!duplicates.length) return [];
    const items = duplicates.map((one) =>
      duplicateItem(one, workflow.stateName, one.ticket_id && el("span", { class: "marking" })),
    );
    return [block("看来同因的未结工单", items.length, el("ul", {}, ...items), el("div", { id: "duplicates-problem" }))];
  }

  /** Next to each open ticket alike: what it is to this one already, or the button that says it is the same. */
  function drawMarkings() {
    for (const place of holder.querySelectorAll(".duplicate[data-ticket-id] .marking")) {
      const otherId = place.closest(".duplicate").dataset.ticketId;
      const linked = links.find((one) => one.ticket_id === otherId);
      const mark = button("标为重复", () => markDuplicate(otherId, mark), { "aria-label": `标为重复：${otherId}` });
      place.replaceChildren(linked ? el("span", { class: "hint" }, workflow.relationName(linked.relation)) : mark);
    }
  }

  async function markDuplicate(otherId, mark) {
    clearProblem(byId("duplicates-problem"));
    mark.disabled = true;
    try {
      await link(otherId);
    } catch (error) {
      showProblem(byId("duplicates-problem"), error, { what: "没有标为重复", reload });
    }
    mark.disabled = false;
  }

  function solutionsBlock({ answered, solutions }) {
    if (!solutions.length) return block("解决方案", 0, el("p", { class: "hint" }, "知识库里没有相近的方案"));
    return block(
      "解决方案",
      solutions.length,
      answered ? null : el("p", { class: "notice" }, "没有足够可靠的方案，以下只是最接近的"),
      el("ol", { class: "solutions" }, ...[...cards.values()].map((card) => card.node)),
    );
  }

  function drawClassification() {
    const place = byId("classification");
    const told = suggestion && suggestion.classification;
    const line = told && classificationLine(told, mayClassify && classify);
    if (place) place.replaceChildren(...(line ? [line] : []));
  }

  /** The last suggestion, whoever asked for it, with what became of it; null where there is none. */
  async function takeUp() {
    const { suggestions, duplicates } = await fetchLastSuggestion(ticketId);
    return suggestions.length ? { ...suggestions[0], duplicates } : null;
  }

  async function ask() {
    await suggestFor(ticketId, LIMIT);
    return takeUp();
  }

  /**
   * The last suggestion goes on where it was; a new one is asked for where there is none, or where the ticket's words
   * have changed since.
   * @param ended the ticket needs none any more: what was suggested is shown, and nothing asked for
   */
  async function load({ anew = false, ended = false } = {}) {
    byId("suggestion-status").textContent = "正在查找…";
    byId("suggest-again").hidden = true;
    holder.setAttribute("aria-busy", "true");
    clearProblem(byId("suggestion-problem"));
    let said = "";
    try {
      const last = anew ? null : await takeUp();
      const found = last && (last.current || ended) ? last : !ended && (await ask());
      if (found) {
        suggestion = found;
        draw();
        said = `${momentText(found.at)} 查找`;
      } else said = "工单已经结束，需要时可以重新查找";
    } catch (error) {
      showProblem(byId("suggestion-problem"), error, { what: "建议没有取到", reload });
    }
    byId("suggestion-status").textContent = said;
    byId("suggest-again").hidden = false;
    holder.setAttribute("aria-busy", "false");
  }

  byId("suggest-again").addEventListener("click", () => load({ anew: true }));

  return {
    load,
    /** Say which steps the ticket allows now. */
    allow(actions) {
      mayClassify = actions.includes("triage");
      drawClassification();
    },
    /** @param now the links that the ticket has */
    showLinks(now) {
      links = now;
      drawMarkings();
    },
  };
}
