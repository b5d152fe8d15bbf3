/** What is loaded when it is needed, in front of a screen or inside of one. */

import { h, signal } from "../vendor/preact.js";
import { t } from "../i18n/words.js";
import { Later, useLater } from "./later_page.js";
import { notify } from "./notices.js";

/** @import { Format } from "../composer/marks.js" */
/** @import { CannedActions, CannedReply, Entity, SessionDetail } from "../../types.d.ts" */
/** @import { Row } from "../inbox/rows.js" */

/**
 * @typedef {"transfer" | "snooze" | "tags"} SessionDialog about the session that is shown
 * @typedef {SessionDialog | "palette" | "help" | "first-message" | "filter" | "bulk" | "mentions"} DialogName
 * @typedef {{what: DialogName, onClose: () => void} | {what: "timeline", id: string}
 *   | ({what: "macro"} & MacroProps)
 *   | {what: "filter-chips"} | {what: "bulk-bar", rows: Row[], all: Row[]} | {what: "client", id: string, session: SessionDetail | null}
 *   | ({what: "format"} & FormatProps) | ({what: "preview"} & PreviewProps)
 *   | ({what: "template"} & TemplateProps)} Extra
 */

/** @typedef {CannedReply & {actions: CannedActions}} Macro */
/**
 * @typedef {{reply: Macro, hasWords: boolean, isClosed: boolean, onRun: () => void, onClose: () => void}} MacroProps
 * hasWords: a text stands in the field; isClosed: the reply window, so that no text can be sent
 */
/** @typedef {{formats: Format[], onFormat: (format: Format) => void, keepFocus: (event: Event) => void}} FormatProps */
/** @typedef {{text: string, entities: Entity[], onClose: () => void}} PreviewProps */
/** @typedef {{onType: (words: string) => void, onClose: () => void}} EmojiProps */
/** @typedef {{session: SessionDetail, onClose: () => void, onSent: () => void}} TemplateProps */

const SCRIPT = "extras";

/** The dialog that is open. */
export const extraDialog = signal(/** @type {DialogName | null} */ (null));

const close = () => (extraDialog.value = null);

/** It is about the conversation that was shown. */
export function closeSessionDialog() {
  if (["transfer", "snooze", "tags"].includes(extraDialog.peek() ?? "")) close();
}

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

/** What is done after an answer. @param {MacroProps} props */
export const MacroStrip = (props) =>
  h(Later, { script: SCRIPT, props: { what: "macro", ...props } });

/** @param {FormatProps} props */
export const FormatRow = (props) =>
  h(Later, { script: SCRIPT, props: { what: "format", ...props } });

/** What the customer sees of what is being written. @param {PreviewProps} props */
export const FormatPreview = (props) =>
  h(Later, { script: SCRIPT, props: { what: "preview", ...props } });

/** @param {EmojiProps} props */
export const EmojiPicker = (props) => h(Later, { script: "emoji", props });

/** @param {TemplateProps} props */
export const TemplatePicker = (props) =>
  h(Later, { script: SCRIPT, props: { what: "template", ...props } });

/** What the inbox is filtered by. */
export const FilterChips = () => h(Later, { script: SCRIPT, props: { what: "filter-chips" } });

/** @param {{id: string}} props of a client */
export const Timeline = ({ id }) => h(Later, { script: SCRIPT, props: { what: "timeline", id } });
