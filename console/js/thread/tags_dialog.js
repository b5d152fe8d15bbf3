/** The tags of a session. */

import { h, useEffect, useState } from "../vendor/preact.js";
import { t } from "../i18n/words.js";
import { namesOf } from "../live/names.js";
import { get } from "../server/http.js";
import { Dialog } from "../shell/dialog.js";
import { attempt } from "../shell/notices.js";
import { Icon } from "../shell/icons.js";
import { changeTags } from "./session_actions.js";

/** @import { Page, SessionDetail, Tag } from "../../types.d.ts" */

/** @param {{session: SessionDetail, onClose: () => void}} props */
export function TagsDialog({ session, onClose }) {
  const [known, setKnown] = useState(/** @type {Tag[]} */ ([]));
  useEffect(() => {
    void attempt(async () => {
      /** @type {Page<Tag>} */
      const page = await get("/tags");
      setKnown(page.items);
    });
  }, []);

  /** @param {{add?: string[], remove?: string[]}} changes */
  const change = (changes) => changeTags(session, changes);

  /** @param {SubmitEvent & {currentTarget: HTMLFormElement}} event */
  async function add(event) {
    event.preventDefault();
    const form = event.currentTarget;
    const name = String(new FormData(form).get("name") ?? "").trim();
    if (name && (await change({ add: [name] }))) form.reset();
  }

  const tags = namesOf(session.tags);
  return h(
    Dialog,
    { title: t("tags.title"), onClose },
    h(
      "ul",
      { class: "chips" },
      tags.map((each) =>
        h(
          "li",
          { key: each.id, class: "chip" },
          h("bdi", null, each.name),
          h(
            "button",
            {
              type: "button",
              class: "chip-button",
              "aria-label": t("tags.remove", { name: each.name }),
              onClick: () => void change({ remove: [each.name] }),
            },
            h(Icon, { name: "close", size: 16 }),
          ),
        ),
      ),
      tags.length === 0 && h("li", { class: "quiet" }, t("tags.none")),
    ),
    h(
      "form",
      { class: "form is-inline", onSubmit: add },
      h(
        "label",
        { class: "field" },
        h("span", null, t("tags.name")),
        h("input", {
          name: "name",
          maxLength: 50,
          list: "known-tags",
          autocomplete: "off",
          required: true,
        }),
      ),
      h(
        "datalist",
        { id: "known-tags" },
        known.map((each) => h("option", { key: each.id, value: each.name })),
      ),
      h("button", { class: "button is-primary" }, t("tags.add")),
    ),
  );
}
