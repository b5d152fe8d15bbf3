/** Do something with the picked conversations, and say what became of each. */

import { h, useEffect, useRef, useState } from "../vendor/preact.js";
import { picked } from "../inbox/picked.js";
import { Dialog } from "../shell/dialog.js";
import { goTo, linkTo } from "../shell/route.js";
import { bulk, claim, doWithAll, markRead } from "./bulk_actions.js";
import { EndForm, Priorities, Snoozes, TagsForm, TransferForm } from "./bulk_forms.js";
import { t } from "./words.js";

/** @import { Refusal, Work } from "./bulk_actions.js" */

const FORMS = {
  transfer: TransferForm,
  tags: TagsForm,
  priority: Priorities,
  snooze: Snoozes,
  end: EndForm,
};
const AT_ONCE = { claim: claim, read: markRead };

/** @param {{onClose: () => void}} props */
export function BulkDialog({ onClose }) {
  const { action, rows } = bulk.value;
  const [work, setWork] = useState(
    /** @type {{run: Work} | null} */ (
      action === "claim" || action === "read" ? { run: AT_ONCE[action] } : null
    ),
  );
  const [told, setTold] = useState(/** @type {Map<string, Refusal | null>} */ (new Map()));
  const isStopped = useRef(false);
  const isOver = told.size === rows.length;
  useEffect(() => {
    if (work === null) return;
    void doWithAll(
      rows,
      work.run,
      (id, refusal) => setTold((before) => new Map(before).set(id, refusal)),
      () => isStopped.current,
    );
  }, [work]);

  /** Those that were refused stay picked, for another try. */
  function close() {
    if (work !== null && !isOver) return;
    if (isOver) picked.value = new Set([...told].filter(([, each]) => each).map(([id]) => id));
    onClose();
  }

  const title = `${t(`bulk.${action}`)} · ${t("bulk.picked", { n: rows.length })}`;
  if (work === null && action !== "claim" && action !== "read")
    return h(
      Dialog,
      { title, onClose: close },
      h(FORMS[action], { rows, onStart: (run) => setWork({ run }) }),
    );
  return h(
    Dialog,
    { title, onClose: close },
    h(Report, { told, count: rows.length, onLeave: close }),
    h(
      "div",
      { class: "buttons" },
      isOver
        ? h(
            "button",
            { type: "button", class: "button is-primary", onClick: close },
            t("common.close"),
          )
        : h(
            "button",
            { type: "button", class: "button", onClick: () => (isStopped.current = true) },
            t("bulk.stop"),
          ),
    ),
  );
}

/** @param {{told: Map<string, Refusal | null>, count: number, onLeave: () => void}} props */
function Report({ told, count, onLeave }) {
  const refusals = [...told.values()].filter((each) => each !== null);
  const done = told.size - refusals.length;
  return h(
    "div",
    { role: "status" },
    h(
      "p",
      null,
      told.size < count
        ? t("bulk.doing", { n: told.size, of: count })
        : t("bulk.done", { n: done, of: count }),
    ),
    refusals.length > 0 &&
      h("p", { class: "form-error" }, t("bulk.refused", { n: refusals.length })),
    h(
      "ul",
      { class: "refusals" },
      refusals.map(({ id, name, why }) =>
        h(
          "li",
          { key: id },
          h(
            "a",
            {
              class: "link",
              href: linkTo({ conversation: id, showsClient: false }),
              onClick(event) {
                event.preventDefault();
                onLeave();
                goTo({ conversation: id, showsClient: false });
              },
            },
            h("bdi", null, name),
          ),
          ` ${why}`,
        ),
      ),
    ),
  );
}
