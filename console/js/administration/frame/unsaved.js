/** Which forms have changes that are not saved: leaving the screen or the page asks first. */

import { useEffect } from "../../vendor/preact.js";
import { guardRoute } from "../../shell/route.js";
import { t } from "../words.js";
import { ask } from "./question.js";

/** @type {Set<number>} */
const unsaved = new Set();

/** @param {number} form @param {boolean} isUnsaved */
export function markUnsaved(form, isUnsaved) {
  if (isUnsaved) unsaved.add(form);
  else unsaved.delete(form);
}

/** While a page is shown, ask before its changes are lost. */
export function useUnsavedQuestion() {
  useEffect(() => {
    /** @param {BeforeUnloadEvent} event */
    const warn = (event) => {
      if (unsaved.size > 0) event.preventDefault();
    };
    addEventListener("beforeunload", warn);
    const release = guardRoute(async () => unsaved.size === 0 || askToLeave());
    return () => {
      release();
      removeEventListener("beforeunload", warn);
    };
  }, []);
}

const askToLeave = () =>
  ask({ title: t("form.leave"), text: t("form.leave_text"), action: t("form.leave_yes") });
