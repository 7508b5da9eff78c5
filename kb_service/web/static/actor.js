// Who works here: a name typed once and kept in this browser.

import { ApiError } from "./api.js";

const KEY = "kb.actor";

const box = document.getElementById("actor");

function stored() {
  try {
    return localStorage.getItem(KEY) || "";
  } catch {
    return ""; // Storage may be switched off: the name then lasts as long as the page.
  }
}

export const actorName = () => box.value.trim();

/**
 * The name, for a request that needs one.
 * @throws {ApiError} there is none; the box has the focus then
 */
export function requireActor() {
  const name = actorName();
  box.toggleAttribute("aria-invalid", !name);
  if (name) return name;
  box.focus();
  throw new ApiError("缺少操作人", "请先在页面右上角填写你的姓名，只需填一次。");
}

/** Who gives their name elsewhere on the page need not do so again at its top. */
export function nameActor(name) {
  if (box.value === name) return;
  box.value = name;
  box.dispatchEvent(new Event("input"));
}

box.value = stored();
box.addEventListener("input", () => {
  box.removeAttribute("aria-invalid");
  try {
    localStorage.setItem(KEY, actorName());
  } catch {
    // as above
  }
});
