// Puts text on the clipboard.

import { el } from "./text.js";

/** The clipboard interface exists only on secure origins; an intranet host over http needs the old way. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const holder = el("textarea", { class: "visually-hidden", "aria-hidden": "true" });
    const focused = document.activeElement;
    holder.value = text;
    document.body.append(holder);
    holder.select();
    const done = document.execCommand("copy");
    holder.remove();
    if (focused) focused.focus({ preventScroll: true });
    return done;
  }
}
