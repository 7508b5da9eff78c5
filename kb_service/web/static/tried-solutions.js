// What was already tried for a ticket, from its history: second line need not try it once more.

const ADOPTED = "adopt_solution";
const REJECTED = "reject_solution";

/** One line for each suggested solution, with the last that became of it. */
export function triedText(events) {
  const lines = new Map();
  for (const { action, fields } of events) {
    if (action === ADOPTED) lines.set(fields.document_id, `采用《${fields.document_title}》，未能解决`);
    if (action === REJECTED) lines.set(fields.document_id, `否决《${fields.document_title}》：${fields.reason}`);
  }
  return [...lines.values()].join("\n");
}
