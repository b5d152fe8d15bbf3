/** A button that does something at once, beside what is said about it; some ask first. */

import { h, useEffect, useRef, useState } from "../../vendor/preact.js";
import { attempt, notify } from "../../shell/notices.js";
import { ask } from "./question.js";

/** @import { Asked } from "./question.js" */

/** @typedef {Partial<Asked> & {text: string}} Question its title and its button repeat the words */

let last = 0;

/**
 * @param {object} props
 * @param {string} props.words of the button
 * @param {() => Promise<unknown>} props.run
 * @param {string} [props.help] what it does
 * @param {Question} [props.question] what is asked before
 * @param {string} [props.notice] what is said when it is done
 * @param {() => void} [props.done] after that
 */
export function Action({ words, run, help, question, notice, done }) {
  const [isBusy, setBusy] = useState(false);
  const isShown = useRef(true);
  useEffect(() => () => void (isShown.current = false), []);
  async function act() {
    if (isBusy || (question && !(await ask({ title: words, action: words, ...question })))) return;
    setBusy(true);
    const isDone = await attempt(run);
    setBusy(false);
    if (!isDone) return;
    if (notice) notify(notice);
    if (isShown.current) done?.(); // otherwise they went on to another screen
  }
  const id = useRef("");
  id.current ||= `action${++last}-help`;
  const isDangerous = question !== undefined && !question.isHarmless;
  return h(
    "div",
    { class: "action" },
    help && h("p", { id: id.current, class: "quiet small" }, help),
    h(
      "button",
      {
        type: "button",
        class: isDangerous ? "button is-dangerous" : "button",
        disabled: isBusy,
        "aria-describedby": help ? id.current : undefined,
        onClick: () => void act(),
      },
      words,
    ),
  );
}
