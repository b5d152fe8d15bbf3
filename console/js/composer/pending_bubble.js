/** What is on its way to the server, or was refused by it. */

import { h } from "../vendor/preact.js";
import { me } from "../account/log_in.js";
import { t } from "../i18n/words.js";
import { Icon } from "../shell/icons.js";
import { explain } from "../shell/problems.js";
import { RichText } from "../thread/rich_text.js";
import { putBackIntoDraft } from "./drafts.js";
import { writeMarks } from "./marks.js";
import { drop, retry } from "./outbox.js";

/** @import { Pending } from "./outbox.js" */

/** @param {{each: Pending}} props */
export function PendingBubble({ each }) {
  const isNote = each.mode === "note";
  const hasFailed = each.state === "failed";
  function takeBack() {
    const user = me.peek()?.id ?? "";
    const typed = writeMarks(each.text, each.entities);
    if (typed) putBackIntoDraft(user, each.conversation, each.mode, typed);
    drop(each.key);
  }
  return h(
    "article",
    {
      class: `bubble-row is-${isNote ? "note" : "out"} is-pending ${hasFailed ? "is-failed" : ""}`,
      "aria-label": isNote ? `${t("note.label")} · ${t("author.me")}` : t("author.me"),
    },
    h(
      "div",
      { class: "bubble" },
      isNote &&
        h("p", { class: "note-label" }, h(Icon, { name: "note", size: 16 }), t("note.label")),
      each.fileName &&
        h("p", { class: "file" }, h(Icon, { name: "file" }), h("bdi", null, each.fileName)),
      each.text && h(RichText, { text: each.text, entities: each.entities ?? null }),
      h(
        "footer",
        { class: "bubble-foot" },
        h(Icon, { name: hasFailed ? "alert" : "clock", size: 16 }),
        t(
          hasFailed
            ? "outbox.failed"
            : each.state === "waiting"
              ? "outbox.waiting"
              : "outbox.sending",
        ),
      ),
      hasFailed &&
        h(
          "div",
          { class: "decisions" },
          h(
            "p",
            { class: "small is-bad", role: "alert" },
            each.problem
              ? explain(each.problem)
              : t(each.fileName ? "outbox.file_gone" : "outbox.too_old"),
          ),
          each.problem &&
            h(
              "button",
              { type: "button", class: "button", onClick: () => retry(each.key) },
              t("common.retry"),
            ),
          h(
            "button",
            { type: "button", class: "button", onClick: takeBack },
            t("outbox.take_back"),
          ),
        ),
    ),
  );
}
