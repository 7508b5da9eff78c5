// Names of a report's figures and what they count, as the service tells them.

/** The minutes are shown in hours. */
const withoutUnit = (title) => title.replace("（分钟）", "");

/** @returns {of}: (name) => {title, text}; a figure that nobody told of is called by its place */
export function definitionsOf(report) {
  const known = new Map(report.definitions.map(({ name, title, text }) => [name, { title: withoutUnit(title), text }]));
  return { of: (name) => known.get(name) || { title: name, text: "" } };
}
