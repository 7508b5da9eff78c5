// The steps that a ticket or an article allows now, as buttons; each opens a form with the fields that the step takes.

import { actorName } from "./actor.js";
import { clearProblem, showProblem } from "./problem-note.js";
import { isComplete } from "./required-fields.js";
import { button, el } from "./text.js";
import { ticketIdOf } from "./ticket-number.js";
import { lineName } from "./workflow.js";

/**
 * How the steps of a ticket are put up: some have places of their own on the page, the first of the `usual` ones that
 * is allowed is what usually comes next.
 */
const TICKET_STEPS = {
  of: "工单",
  elsewhere: ["respond", "comment", "link", "unlink"],
  usual: [
    "approve", "resolve", "customer_replied", "confirm", "start", "request_approval", "quote", "submit_scheme",
    "assign", "triage",
  ],
  unusual: ["cancel", "reject"],
};

const TICKET_NUMBERS = ["ticket_id", "other_ticket_id"];

const byId = (id) => document.getElementById(id);

function choiceName(field, value, names = {}) {
  return names[value] || (field === "to_level" ? lineName(value) : String(value));
}

/** One control with its label; names of controls are those of the fields. */
function fieldControl({ field, name, required, input, choices, names, longest, minimum, maximum }) {
  const id = `field-${field}`;
  const given = { id, name: field, required, maxlength: longest };
  let control;
  if (input === "choice") {
    const options = choices.map((one) => el("option", { value: one }, choiceName(field, one, names)));
    control = el("select", given, el("option", { value: "" }, "请选择"), ...options);
  } else if (input === "text") control = el("textarea", { ...given, rows: field === "solution" ? 6 : 3 });
  else if (input === "number") {
    control = el("input", { ...given, type: "number", min: minimum, max: maximum, inputmode: "numeric" });
  } else control = el("input", { ...given, type: input === "date" ? "date" : "text", autocomplete: "off" });
  return el("label", { for: id, class: input === "text" && "whole" }, name, " ", control);
}

/**
 * @param workflow names of steps, and the fields that each takes
 * @param perform (action, fields) => Promise, carries a step out
 * @param prefill (action) => values of fields by name
 * @param reload loads the ticket or the article anew
 */
export function prepareActions(workflow, { perform, prefill, reload, steps = TICKET_STEPS }) {
  const bar = byId("actions");
  const holder = byId("action-form");
  let open = ""; // the action whose form is shown
  let underWay = ""; // the action that is being carried out

  function close() {
    const opener = bar.querySelector(`[data-action="${open}"]`);
    open = "";
    holder.replaceChildren();
    markOpen();
    (opener || bar).focus();
  }

  /** Its step is done. Whoever was quick has opened the form of the next one already: that one stays. */
  function dismiss(form) {
    if (!holder.contains(form)) return;
    open = "";
    holder.replaceChildren();
    markOpen();
    bar.focus();
  }

  function markOpen() {
    for (const one of bar.children) one.setAttribute("aria-expanded", String(one.dataset.action === open));
  }

  function show(action, values = {}) {
    open = action;
    markOpen();
    const form = buildForm(action);
    holder.replaceChildren(form);
    for (const [name, value] of Object.entries({ ...prefill(action), ...values })) {
      if (form.elements[name] && value) form.elements[name].value = value;
    }
    const first = [...form.elements].find((one) => one.required && !one.value);
    (first || form.querySelector("[type=submit]")).focus();
    form.scrollIntoView({ block: "nearest" });
  }

  function buildForm(action) {
    const fields = workflow.fieldsOf(action);
    const controls = (needed) => fields.filter((one) => one.required === needed).map(fieldControl);
    const problem = el("div", { class: "whole" });
    const name = workflow.actionName(action);
    const submit = el("button", { class: "primary", type: "submit" }, name);
    const further = controls(false);
    const form = el(
      "form",
      { class: "fields action-fields", autocomplete: "off", "aria-label": name, "data-action": action },
      ...controls(true),
      further.length > 0 &&
        el("details", { class: "whole" }, el("summary", {}, "补充（选填）"), el("div", { class: "fields" }, ...further)),
      problem,
      el("div", { class: "form-buttons whole" }, submit, button("取消", close)),
    );
    form.addEventListener("keydown", (event) => event.key === "Escape" && !event.isComposing && close());
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!isComplete(form)) return;
      submit.disabled = true;
      clearProblem(problem);
      underWay = action;
      try {
        await perform(action, fieldValues(form, fields));
        dismiss(form);
      } catch (error) {
        showProblem(problem, error, { what: `“${name}”没有成功`, reload });
      }
      underWay = "";
      submit.disabled = false;
    });
    return form;
  }

  /** Show what may be done now. A form that is open stays, unless its step is no longer allowed. */
  function showActions(allowed) {
    const shown = allowed.filter((action) => !steps.elsewhere.includes(action));
    const usual = steps.usual.find((action) => shown.includes(action));
    const order = (action) => (action === usual ? 0 : steps.unusual.includes(action) ? 2 : 1);
    bar.replaceChildren(
      ...shown
        .sort((a, b) => order(a) - order(b))
        .map((action) =>
          button(workflow.actionName(action), () => (open === action ? close() : show(action)), {
            "data-action": action,
            class: action === usual && "primary",
          }),
        ),
    );
    bar.hidden = shown.length === 0;
    if (open && open !== underWay && !allowed.includes(open)) {
      const name = workflow.actionName(open);
      open = "";
      holder.replaceChildren(el("p", { class: "problem", role: "alert" }, `${steps.of}现在的状态已不能“${name}”。`));
    }
    markOpen();
  }

  return { showActions, open: show };
}

function fieldValues(form, fields) {
  const values = {};
  for (const { field, input, choices } of fields) {
    const value = form.elements[field].value.trim();
    if (!value) continue;
    const number = input === "number" || typeof choices?.[0] === "number";
    values[field] = number ? Number(value) : TICKET_NUMBERS.includes(field) ? ticketIdOf(value) : value;
  }
  return values;
}

/** What usually goes into the fields of a step. */
export const usualValues = (action) => (action === "assign" ? { assignee: actorName() } : {});
