/** A text as a customer would read it, while it is written; what is wrong with it is said at once. */

import { h, useEffect, useState } from "../../vendor/preact.js";
import { toProblem } from "../../server/problem.js";
import { fieldWords } from "../../text/field_errors.js";
import { t } from "../words.js";

const WAIT_MS = 400;

/**
 * @param {object} props
 * @param {string} props.wording
 * @param {(text: string) => Promise<{text: string}>} props.load fills in the text on the server
 */
export function LivePreview({ wording, load }) {
  const [shown, setShown] = useState("");
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let isOver = false;
    const timer = setTimeout(async () => {
      try {
        const text = wording.trim() ? (await load(wording)).text : "";
        if (isOver) return;
        setShown(text);
        setProblem("");
      } catch (error) {
        const found = toProblem(error);
        if (!isOver) setProblem(found.errors.map(fieldWords).join(" · "));
      }
    }, WAIT_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [wording]);
  return h(
    "div",
    { class: "field", role: "status" },
    (shown || problem) && h("span", null, t("texts.preview")),
    problem
      ? h("p", { class: "field-error" }, problem)
      : shown && h("p", { class: "preview", dir: "auto" }, shown),
  );
}
