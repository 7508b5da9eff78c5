// A small form below a button that asks for the reason of a step.

import { clearProblem, showProblem } from "./problem-note.js";
import { isComplete } from "./required-fields.js";
import { button, el } from "./text.js";

/**
 * @param holder takes the form, in the place of what it holds
 * @param name of the step, also the label of the button
 * @param perform (reason) => Promise
 */
export function openReason(holder, name, placeholder, perform) {
  const box = el("textarea", { rows: 2, required: true, maxlength: 100000, placeholder, "aria-label": `${name}的理由` });
  const submit = el("button", { class: "primary", type: "submit" }, name);
  const problem = el("div");
  const close = () => holder.replaceChildren();
  const buttons = el("div", { class: "form-buttons" }, submit, button("取消", close));
  const form = el("form", { autocomplete: "off" }, box, problem, buttons);
  form.addEventListener("keydown", (event) => event.key === "Escape" && !event.isComposing && close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!isComplete(form)) return;
    submit.disabled = true;
    clearProblem(problem);
    try {
      await perform(box.value.trim());
    } catch (error) {
      showProblem(problem, error, { what: `没有${name}` });
      submit.disabled = false;
    }
  });
  holder.replaceChildren(form);
  box.focus();
  form.scrollIntoView({ block: "nearest" });
}
