/** Calls of the API: the token is added, refreshed once when it has expired, and errors are problems. */

import { language } from "../i18n/language.js";
import { Problem } from "./problem.js";

export const PREFIX = "/api/v1";
/** A refresh must not wait for itself. */
const LOG_IN = /^\/auth\/(browser\/|telegram$|refresh$|logout$)/;
const TIMEOUT_SECONDS = 20;

/**
 * @typedef {object} Options
 * @property {unknown} [body] sent as JSON; a FormData is sent as it is
 * @property {string} [key] the Idempotency-Key
 * @property {Record<string, string>} [headers]
 * @property {number} [seconds] how long the answer may take, where that is longer than usual
 */

/**
 * @typedef {object} Access where the token comes from
 * @property {() => string | null} token
 * @property {() => Promise<boolean>} refresh gets the next token; false: nobody is logged in
 */

/** @type {Access} */
let access = { token: () => null, refresh: async () => false };

/** @param {Access} given */
export function useAccess(given) {
  access = given;
}

/** @template T @param {string} path @param {Options} [options] @returns {Promise<T>} */
export const get = (path, options) => call("GET", path, options);
/** @template T @param {string} path @param {unknown} [body] @param {Options} [options] @returns {Promise<T>} */
export const post = (path, body, options) => call("POST", path, { ...options, body });
/** @template T @param {string} path @param {unknown} body @returns {Promise<T>} */
export const patch = (path, body) => call("PATCH", path, { body });
/** @template T @param {string} path @param {unknown} body @returns {Promise<T>} */
export const put = (path, body) => call("PUT", path, { body });
/** @template T @param {string} path @returns {Promise<T>} */
export const remove = (path) => call("DELETE", path);

/** @param {string} method @param {string} path @param {Options} [options] @returns {Promise<any>} */
async function call(method, path, options = {}) {
  const response = await send(method, path, options);
  if (response.status === 204) return null;
  try {
    return await response.json();
  } catch {
    throw new Problem(0, { title: "" });
  }
}

/**
 * Send a request and return its response; throw a Problem for every other outcome.
 * @param {string} method @param {string} path @param {Options} [options] @returns {Promise<Response>}
 */
export async function send(method, path, options = {}) {
  let response = await attempt(method, path, options);
  const mayRefresh = access.token() !== null && !LOG_IN.test(path);
  if (response.status === 401 && mayRefresh && (await access.refresh())) {
    response = await attempt(method, path, options);
  }
  if (!response.ok) throw await readProblem(response);
  return response;
}

/** @param {string} method @param {string} path @param {Options} options */
async function attempt(method, path, { body, key, headers, seconds = TIMEOUT_SECONDS }) {
  const isForm = body instanceof FormData;
  const token = access.token();
  try {
    return await fetch(path.startsWith("/api/") ? path : PREFIX + path, {
      method,
      credentials: "same-origin",
      body: isForm ? body : body === undefined ? null : JSON.stringify(body),
      headers: {
        // In which the server says what went wrong.
        "Accept-Language": language.peek(),
        ...(body === undefined || isForm ? {} : { "Content-Type": "application/json" }),
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        ...(key ? { "Idempotency-Key": key } : {}),
        ...headers,
      },
      ...(isForm ? {} : { signal: AbortSignal.timeout(seconds * 1000) }),
    });
  } catch {
    throw new Problem(0, {});
  }
}

/** @param {Response} response */
async function readProblem(response) {
  const requestId = response.headers.get("X-Request-Id") ?? "";
  try {
    return new Problem(response.status, { request_id: requestId, ...(await response.json()) });
  } catch {
    return new Problem(response.status, { title: response.statusText, request_id: requestId });
  }
}

/** @param {Record<string, string | number | boolean | null | undefined>} values */
export function query(values) {
  const given = Object.entries(values).filter(([, value]) => value != null && value !== false);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

/** Add parameters to a path, which may have some. @param {string} path @param {Parameters<typeof query>[0]} values */
export const withQuery = (path, values) =>
  path + (path.includes("?") ? query(values).replace("?", "&") : query(values));
