/** @import { ProblemBody, Template } from "../../types.d.ts" */

/** An error response of the API, or one that did not come. */
export class Problem extends Error {
  /** @param {number} status @param {Partial<ProblemBody>} body */
  constructor(status, body) {
    super(body.detail || body.title || "");
    this.status = status;
    /** The last word of the problem's type, such as `window-closed`. */
    this.slug = (body.type ?? "").split(":").pop() ?? "";
    this.requestId = body.request_id ?? "";
    this.errors = body.errors ?? [];
    /** @type {Template[]} */
    this.templates = body.templates ?? [];
  }

  /** Whether the request may never have arrived, or its answer was lost. */
  get isUnanswered() {
    return this.status === 0;
  }

  /** Whether the same request may succeed later. */
  get isTemporary() {
    return [0, 401, 429].includes(this.status) || this.status >= 500;
  }
}

/** @param {unknown} error @returns {Problem} */
export function toProblem(error) {
  if (error instanceof Problem) return error;
  return new Problem(-1, { title: error instanceof Error ? error.message : String(error) });
}
