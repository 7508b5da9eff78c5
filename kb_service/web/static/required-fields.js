// What has to be filled in: blanks alone do not fill a field, though the browser takes them for text.

/** Whether a form has all it needs; else the browser says at the first field what is missing, and has it in focus. */
export function isComplete(form) {
  for (const control of form.elements) {
    if (control.required && !control.value.trim()) control.value = "";
  }
  return form.reportValidity();
}
