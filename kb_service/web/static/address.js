// The address of the reader page: which document, which version, which one it is compared with, which place.
//   /documents/<id>?version=<version>&compare=<version>#<place>
// A place is a range (#c<start>-<end>, code points, end exclusive), a clause (#art_15) or a section (#s<index>).

import { encodeId } from "./api.js";

const PATH_PREFIX = "/documents/";

/** The document's id, "" where the address has none or is malformed. */
export function idFromAddress() {
  try {
    return location.pathname.slice(PATH_PREFIX.length).split("/").map(decodeURIComponent).join("/");
  } catch {
    return ""; // malformed percent-encoding: no such document
  }
}

const parameter = (name) => new URLSearchParams(location.search).get(name) || "";

export const versionFromAddress = () => parameter("version");

/** The older version that the shown one is compared with, "" for none. */
export const comparedFromAddress = () => parameter("compare");

export function rangeFromAddress() {
  const match = /^#c(\d+)-(\d+)$/.exec(location.hash);
  return match ? { start: Number(match[1]), end: Number(match[2]) } : null;
}

/** The section that the address names by clause or by index, if it is one of these. */
export function sectionFromAddress(sections) {
  let name = "";
  try {
    name = decodeURIComponent(location.hash.slice(1));
  } catch {
    return undefined; // malformed percent-encoding: no such clause
  }
  if (!name) return undefined;
  return sections.find((one) => one.clause_id === name) || sections.find((one) => `s${one.index}` === name);
}

/** The fragment that names a section; its clause id means the same place in every version. */
export function fragmentOf(section) {
  return section.clause_id ? `#${encodeURIComponent(section.clause_id)}` : `#s${section.index}`;
}

/** @param place {range}, {fragment} or nothing */
export function addressOf(documentId, version, { compare = "", range = null, fragment = "" } = {}) {
  const parameters = [version && `version=${encodeURIComponent(version)}`];
  parameters.push(compare && `compare=${encodeURIComponent(compare)}`);
  const query = parameters.filter(Boolean).join("&");
  const hash = range ? `#c${range.start}-${range.end}` : fragment;
  return `${PATH_PREFIX}${encodeId(documentId)}${query && `?${query}`}${hash}`;
}
