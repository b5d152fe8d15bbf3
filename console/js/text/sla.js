/** Until when an answer is in time, while the customer waits for one. */

import { t } from "../i18n/words.js";
import { duration } from "./labels.js";

/** @param {{state: string, due_at: string} | null | undefined} sla @param {number} now */
export function slaWords(sla, now) {
  if (!sla || !["running", "warned", "breached"].includes(sla.state)) return "";
  const left = new Date(sla.due_at).getTime() - now;
  return left > 0
    ? t("sla.due", { time: duration(left) })
    : t("sla.late", { time: duration(-left) });
}
