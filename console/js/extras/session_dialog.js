/** The dialogs about the session that is shown. */

import { h } from "../vendor/preact.js";
import { route } from "../shell/route.js";
import { SnoozeDialog } from "../thread/snooze_dialog.js";
import { findThread } from "../thread/store.js";
import { TagsDialog } from "../thread/tags_dialog.js";
import { TransferDialog } from "../thread/transfer_dialog.js";

/** @import { SessionDialog as Name } from "../shell/extras.js" */

const DIALOGS = { transfer: TransferDialog, snooze: SnoozeDialog, tags: TagsDialog };

export const shownSession = () => findThread(route.value.conversation)?.session.value ?? null;

/** @param {{what: Name, onClose: () => void}} props */
export function SessionDialog({ what, onClose }) {
  const session = shownSession();
  return session && h(DIALOGS[what], { session, onClose });
}
