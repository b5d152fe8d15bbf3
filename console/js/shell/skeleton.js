/** Grey lines where something is loading, if that takes longer than a blink. */

import { h, useEffect, useState } from "../vendor/preact.js";
import { t } from "../i18n/words.js";

const DELAY_MS = 200;

/** @param {{lines: number, kind: "row" | "bubble" | "line"}} props */
export function Skeleton({ lines, kind }) {
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), DELAY_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!isShown) return null;
  return h(
    "div",
    { class: `skeleton of-${kind}`, role: "status", "aria-label": t("common.loading") },
    Array.from({ length: lines }, (_, i) => h("div", { key: i, class: "bone" })),
  );
}
