// What the service says about the workflow: names of states and steps, and the fields that each step takes.

import { getJson } from "./api.js";

/** 2 -> 二线, the line of support. */
export const lineName = (level) => `${["", "一", "二", "三"][level] || level}线`;

export async function loadWorkflow() {
  const told = await getJson("/v1/tickets/workflow");
  const states = new Map(told.states.map((one) => [one.state, one]));
  const actions = new Map(told.actions.map((one) => [one.action, one]));
  const relations = actions.get("link")?.fields.find((one) => one.field === "relation")?.names || {};
  const kinds = new Map(told.kinds.map((one) => [one.kind, one.name]));
  return {
    kinds: told.kinds,
    groups: told.groups,
    kindName: (kind) => kinds.get(kind) || kind,
    relationName: (relation) => relations[relation] || relation,
    stateName: (state) => states.get(state)?.name || state,
    groupOf: (state) => states.get(state)?.group || null,
    isFinal: (state) => states.get(state)?.final === true,
    statesOf: (group) => told.states.filter((one) => one.group === group).map((one) => one.state),
    actionName: (action) => actions.get(action)?.name || action,
    fieldsOf: (action) => actions.get(action)?.fields || [],
  };
}
