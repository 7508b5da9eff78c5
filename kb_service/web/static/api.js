// Talks to the JSON interface: every failure becomes an ApiError that carries text fit for the user.

const TIMEOUT_MS = 30000;

export class ApiError extends Error {
  /**
   * @param code the end of the problem's type, such as "stale-ticket"; "" for what is no problem of the service
   * @param members what else the problem tells
   */
  constructor(title, detail, status = 0, code = "", members = {}) {
    super(detail || title);
    this.title = title;
    this.detail = detail;
    this.status = status;
    this.code = code;
    this.members = members;
  }
}

/**
 * Fetch JSON, null where the answer has nothing in it. Rejects with ApiError, or with the fetch's own AbortError when
 * `signal` was aborted.
 */
async function requestJson(url, { signal, ...options } = {}) {
  const controller = new AbortController();
  const cancel = () => controller.abort();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    cancel();
  }, TIMEOUT_MS);
  if (signal) {
    if (signal.aborted) cancel();
    signal.addEventListener("abort", cancel);
  }
  try {
    const response = await fetch(url, { ...options, signal: controller.signal });
    if (response.status === 204) return null;
    const body = parse(await response.text());
    if (!response.ok) throw problem(response.status, body);
    if (body === undefined) {
      throw new ApiError("返回内容无法识别", "服务器返回的内容不是有效的数据，请稍后重试。", response.status);
    }
    return body;
  } catch (error) {
    if (error instanceof ApiError || (signal && signal.aborted)) throw error;
    if (timedOut) throw new ApiError("请求超时", "服务器在 30 秒内没有答复，请稍后重试。");
    throw new ApiError("无法连接服务器", "请检查网络连接，或稍后重试。");
  } finally {
    clearTimeout(timer);
    if (signal) signal.removeEventListener("abort", cancel);
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problem(status, body) {
  const known = body && typeof body === "object" ? body : {};
  const title = typeof known.title === "string" && known.title ? known.title : "服务器出错";
  const detail =
    typeof known.detail === "string" && known.detail
      ? known.detail
      : `服务器没有说明原因（HTTP ${status}），请稍后重试。`;
  const code = typeof known.type === "string" ? known.type.split(":").pop() : "";
  return new ApiError(title, detail, status, code, known);
}

export function getJson(url, signal) {
  return requestJson(url, { headers: { Accept: "application/json" }, signal });
}

/** @param key makes the request safe to repeat: the same key and body are carried out once */
export function postJson(url, body, { signal, key } = {}) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  if (key) headers["Idempotency-Key"] = key;
  return requestJson(url, { method: "POST", headers, body: JSON.stringify(body), signal });
}

export function deleteResource(url) {
  return requestJson(url, { method: "DELETE", headers: { Accept: "application/json" } });
}

export function search(body, signal) {
  return postJson("/v1/search", body, { signal });
}

export function fetchDocument(documentId, version, signal) {
  return getJson(documentUrl(documentId, "", { version }), signal);
}

export function fetchOutline(documentId, version, signal) {
  return getJson(documentUrl(documentId, "/outline", { version }), signal);
}

/** The difference that leads from one version to another. */
export function fetchDifference(documentId, from, to, signal) {
  return getJson(documentUrl(documentId, "/diff", { from, to }), signal);
}

function documentUrl(documentId, part, given) {
  const query = new URLSearchParams(Object.entries(given).filter(([, value]) => value)).toString();
  return `/v1/documents/${encodeId(documentId)}${part}${query && `?${query}`}`;
}

/** A document id as a URL path: each segment is encoded, the slashes between them stay. */
export function encodeId(documentId) {
  return documentId.split("/").map(encodeURIComponent).join("/");
}
