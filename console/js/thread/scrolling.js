/** Keep what is read in its place: new messages at the foot, older ones above, pictures that load. */

import { h, useLayoutEffect, useRef, useState } from "../vendor/preact.js";

/** @import { Child } from "../vendor/preact.js" */

const NEAR_FOOT = 48;
const NEAR_TOP = 300;

/**
 * @param {object} given
 * @param {string} given.id of the thread
 * @param {boolean} given.isReady
 * @param {unknown} given.content changes when other things are shown
 * @param {() => void} given.onTop
 */
export function useAnchor({ id, isReady, content, onTop }) {
  const area = useRef(/** @type {HTMLElement | null} */ (null));
  /** `scrolled`: how far it was scrolled here to show the foot. */
  const place = useRef({ thread: "", isAtFoot: true, anchor: "", top: 0, scrolled: -1 });
  const [isAtFoot, setAtFoot] = useState(true);

  function remember() {
    const { current } = area;
    if (!current) return;
    const foot = current.scrollHeight - current.scrollTop - current.clientHeight;
    place.current.isAtFoot = foot < NEAR_FOOT;
    const shown = [...current.querySelectorAll("[id^=message-]")].find(
      (each) => each.getBoundingClientRect().bottom > current.getBoundingClientRect().top,
    );
    place.current.anchor = shown?.id ?? "";
    place.current.top = shown?.getBoundingClientRect().top ?? 0;
    setAtFoot(place.current.isAtFoot);
  }

  function restore() {
    const { current } = area;
    if (!current) return;
    if (place.current.isAtFoot) {
      current.scrollTop = current.scrollHeight;
      place.current.scrolled = current.scrollTop;
    } else {
      const anchor = document.getElementById(place.current.anchor);
      if (anchor) current.scrollTop += anchor.getBoundingClientRect().top - place.current.top;
    }
  }

  useLayoutEffect(() => {
    if (!isReady) return;
    if (place.current.thread === id) restore();
    else {
      place.current = { thread: id, isAtFoot: true, anchor: "", top: 0, scrolled: -1 };
      const unread = area.current?.querySelector(".unread-line");
      if (unread && area.current) {
        unread.scrollIntoView({ block: "start" });
        area.current.scrollTop -= 60;
      } else restore();
    }
    remember();
  }, [id, isReady, content]);

  useLayoutEffect(() => {
    const inside = area.current?.firstElementChild;
    if (!inside || !area.current) return undefined;
    const observer = new ResizeObserver(restore);
    observer.observe(inside);
    observer.observe(area.current);
    return () => observer.disconnect();
  }, [id, isReady]);

  return {
    area,
    isAtFoot,
    onScroll() {
      const { isAtFoot: wasAtFoot, scrolled } = place.current;
      // The event of our own scrolling may come after a picture made the foot sink: stay there.
      if (wasAtFoot && area.current?.scrollTop === scrolled) restore();
      remember();
      if ((area.current?.scrollTop ?? 0) < NEAR_TOP) onTop();
    },
    toFoot() {
      place.current.isAtFoot = true;
      restore();
      remember();
    },
    /** @param {string} messageId */
    toMessage(messageId) {
      const element = document.getElementById(`message-${messageId}`);
      element?.scrollIntoView({ block: "center" });
      element?.classList.add("is-found");
      setTimeout(() => element?.classList.remove("is-found"), 2000);
      return element !== null;
    },
  };
}

/** What an anchor keeps in its place. @param {{anchor: ReturnType<typeof useAnchor>, label: string, children?: Child}} props */
export function ScrollArea({ anchor, label, children }) {
  return h(
    "div",
    {
      class: "thread-scroll",
      ref: anchor.area,
      onScroll: anchor.onScroll,
      tabIndex: 0,
      role: "log",
      "aria-label": label,
    },
    h("div", { class: "thread-inside" }, children),
  );
}
