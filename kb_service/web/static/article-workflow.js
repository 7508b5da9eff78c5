// What the service says about the life of an article: names of states, steps, fields and doubts.

import { getJson } from "./api.js";

/** How the steps of an article are put up. */
export const ARTICLE_STEPS = {
  of: "文章",
  elsewhere: ["edit"],
  usual: ["publish", "submit", "restore"],
  unusual: ["unlink", "discard_revision", "archive"],
};

const namesOf = (told) => new Map(told.map(({ value, name }) => [value, name]));

/** A doubt that is not explained helps nobody: the explanation stands with the required fields. */
const shownFields = ({ action, fields }) =>
  fields.map((one) => (action === "flag" && one.field === "reason" ? { ...one, required: true } : one));

export async function loadArticleWorkflow() {
  const told = await getJson("/v1/articles/workflow");
  const [states, flags, content] = [told.states, told.flags, told.content].map(namesOf);
  const actions = new Map(told.actions.map((one) => [one.action, one]));
  return {
    states: told.states,
    /** The fields of an article in their order. */
    contentFields: [...content.keys()],
    stateName: (state) => states.get(state) || state,
    flagName: (flag) => flags.get(flag) || flag,
    contentName: (field) => content.get(field) || field,
    actionName: (action) => actions.get(action)?.name || action,
    fieldsOf: (action) => (actions.has(action) ? shownFields(actions.get(action)) : []),
  };
}
