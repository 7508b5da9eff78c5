// The fields of an article: what was typed stays until it is saved, also when somebody else saves meanwhile.

import { button, el } from "./text.js";

/**
 * @param form holds a control for each field, named like it
 * @param changed is called whenever what the fields hold has changed
 */
export function prepareFields(form, workflow, changed) {
  const names = workflow.contentFields;
  let saved = Object.fromEntries(names.map((name) => [name, ""]));
  const control = (name) => form.elements[name];
  // A text area has its line ends its own way.
  const typed = (name) => control(name).value.replace(/\r\n?/g, "\n").trim();

  function forgetClash(name) {
    const note = form.querySelector(`[data-clash="${name}"]`);
    if (note) note.remove();
  }

  /** Two have changed the same field: the other one's text is offered, and neither is lost. */
  function tellClash(name, theirs) {
    forgetClash(name);
    const take = button("改用对方的", () => {
      control(name).value = theirs;
      forgetClash(name);
      changed();
    }, { class: "quiet" });
    const keep = button("保留我的", () => forgetClash(name), { class: "quiet" });
    const text = el("p", { class: "clash-text" }, theirs || "（空）");
    const note = el(
      "div",
      { class: "clash whole", "data-clash": name, role: "note" },
      el("p", {}, `对方也改了“${workflow.contentName(name)}”，现在是：`),
      text,
      el("p", { class: "form-buttons" }, take, keep),
    );
    control(name).closest("label").after(note);
  }

  /** Take over the article as it stands; fields that were changed here keep what was typed. */
  function show(article) {
    for (const name of names) {
      const now = (article[name] || "").replace(/\r\n?/g, "\n");
      const mine = typed(name);
      const untouched = mine === saved[name].trim();
      if (untouched) control(name).value = now;
      else if (now !== saved[name] && now.trim() !== mine) tellClash(name, now);
      saved[name] = now;
    }
    changed();
  }

  /** The fields that differ from what is saved; null for those that were emptied. */
  function changes() {
    const differing = names.filter((name) => typed(name) !== saved[name].trim());
    return Object.fromEntries(differing.map((name) => [name, typed(name) || null]));
  }

  /** What was sent is saved now, though names in it may have been masked: `show` tells. */
  function sent(given) {
    for (const [name, value] of Object.entries(given)) {
      saved[name] = value || "";
      forgetClash(name);
    }
  }

  /** Drop what was typed and show what is saved. */
  function revert() {
    for (const name of names) {
      control(name).value = saved[name];
      forgetClash(name);
    }
    changed();
  }

  /** Take a text over as if it were typed. */
  function fill(name, text) {
    control(name).value = text;
    forgetClash(name);
    changed();
    control(name).focus();
  }

  form.addEventListener("input", changed);
  return {
    fill,
    show,
    changes,
    sent,
    revert,
    content: () => Object.fromEntries(names.map((name) => [name, typed(name)])),
    allow: (editable) => names.forEach((name) => control(name).toggleAttribute("readonly", !editable)),
  };
}
