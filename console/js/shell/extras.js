/** What is loaded when it is needed, in front of a screen or inside of one. */

import { h, signal } from "../vendor/preact.js";
import { t } from "../i18n/words.js";
import { Later, useLater } from "./later_page.js";
import { notify } from "./notices.js";

/** @import { CannedActions, CannedReply, SessionDetail } from "../../types.d.ts" */
/** @import { Row } from "../inbox/rows.js" */

/**
 * @typedef {"palette" | "first-message" | "filter" | "bulk" | "mentions"} DialogName
 * @typedef {{what: DialogName, onClose: () => void} | {what: "timeline", id: string}
 *   | {what: "macro", reply: Macro, onClose: () => void}
 *   | {what: "filter-chips"} | {what: "bulk-bar", rows: Row[], all: Row[]} | {what: "client", id: string, session: SessionDetail | null}} Extra
 */

/** @typedef {CannedReply & {actions: CannedActions}} Macro */

const SCRIPT = "extras";

/** The dialog that is open. */
export const extraDialog = signal(/** @type {DialogName | null} */ (null));

const close = () => (extraDialog.value = null);

export function ExtraDialog() {
  const what = extraDialog.value;
  return what === null ? null : h(Opened, { key: what, what });
}

/** @param {{what: DialogName}} props */
function Opened({ what }) {
  const shown = useLater(SCRIPT, () => {
    close();
    notify(t("problem.network"), true);
  });
  return shown && h(shown, { what, onClose: close });
}

/** What is known of a customer. @param {{id: string, session: SessionDetail | null}} props */
export const ClientDetails = (props) =>
  h(Later, { script: SCRIPT, props: { what: "client", ...props } });

/** What can be done with the conversations that are picked. @param {{rows: Row[], all: Row[]}} props */
export const BulkBar = (props) =>
  h(Later, { script: SCRIPT, props: { what: "bulk-bar", ...props } });

/** What is done after an answer. @param {{reply: Macro, onClose: () => void}} props */
export const MacroStrip = (props) =>
  h(Later, { script: SCRIPT, props: { what: "macro", ...props } });

/** What the inbox is filtered by. */
export const FilterChips = () => h(Later, { script: SCRIPT, props: { what: "filter-chips" } });

/** @param {{id: string}} props of a client */
export const Timeline = ({ id }) => h(Later, { script: SCRIPT, props: { what: "timeline", id } });
