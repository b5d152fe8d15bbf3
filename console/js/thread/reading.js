/** A conversation is read when somebody looked at its foot for a second. */

import { useEffect } from "../vendor/preact.js";
import { sendRead } from "./store.js";

const LOOK_MS = 1000;

/** @param {{id: string, isAtFoot: boolean, hasUnread: boolean, newest: string | undefined}} given */
export function useReading({ id, isAtFoot, hasUnread, newest }) {
  useEffect(() => {
    if (!isAtFoot || !hasUnread) return undefined;
    /** @type {ReturnType<typeof setTimeout>} */
    let timer;
    function look() {
      clearTimeout(timer);
      if (document.visibilityState !== "visible" || !document.hasFocus()) return;
      // It is tried again with the next message; until then it counts as unread.
      timer = setTimeout(() => void sendRead(id, newest).catch(() => {}), LOOK_MS);
    }
    look();
    addEventListener("focus", look);
    addEventListener("blur", look);
    return () => {
      clearTimeout(timer);
      removeEventListener("focus", look);
      removeEventListener("blur", look);
    };
  }, [id, isAtFoot, hasUnread, newest]);
}
