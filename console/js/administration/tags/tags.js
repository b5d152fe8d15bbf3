/** Tags: agents make them while they sort sessions; here they are renamed and deleted. */

import { h } from "../../vendor/preact.js";
import { useEvents } from "../../live/listeners.js";
import { get, patch, remove } from "../../server/http.js";
import { goTo } from "../../shell/route.js";
import { Action } from "../frame/action.js";
import { TextField } from "../frame/fields.js";
import { Form, useForm } from "../frame/form.js";
import { ItemRow, showList, useList } from "../frame/list.js";
import { showLoaded, useLoaded } from "../frame/loading.js";
import { addressOf, Screen } from "../frame/screen.js";
import { t } from "../words.js";

/** @import { Page } from "../../../types.d.ts" */
/** @import { CountedTag } from "../types.d.ts" */

/** @param {{path: string[]}} props */
export function Tags({ path }) {
  const [id] = path;
  return id ? h(TagPage, { key: id, id }) : h(TagList, null);
}

function TagList() {
  /** @type {import("../frame/list.js").List<CountedTag>} */
  const list = useList("/tags");
  useEvents(["tag.changed"], list.reload);
  return h(
    Screen,
    { title: t("tags.title"), help: t("tags.help") },
    showList(list, {
      nothing: { title: t("tags.none"), help: t("tags.none_next") },
      show: (tag) =>
        h(ItemRow, {
          key: tag.id,
          href: addressOf("tags", tag.id),
          title: tag.name,
          text: t("tags.sessions", { n: tag.sessions }),
        }),
    }),
  );
}

const leave = () => goTo({ page: "administration", path: ["tags"] });

/** @param {{id: string}} props */
function TagPage({ id }) {
  const loaded = useLoaded(async () => {
    /** @type {Page<CountedTag>} */
    const page = await get("/tags");
    const found = page.items.find((each) => each.id === id);
    return found ?? Promise.reject(new Error(t("problem.gone")));
  }, [id]);
  return h(
    Screen,
    { title: loaded.value?.name ?? t("tags.title"), back: addressOf("tags") },
    showLoaded(loaded, (tag) => h(TagForm, { tag })),
  );
}

/** @param {{tag: CountedTag}} props */
function TagForm({ tag }) {
  const form = useForm({
    initial: { name: tag.name },
    saved: leave,
    save: async (values) => void (await patch(`/tags/${tag.id}`, values)),
  });
  return [
    h(
      Form,
      { key: "form", form },
      h(TextField, {
        form,
        name: "name",
        label: t("people.name"),
        help: t("tags.rename_help"),
        isRequired: true,
        maxLength: 50,
      }),
    ),
    h(Action, {
      key: "delete",
      words: t("tags.delete"),
      question: {
        text: t("tags.delete_text", { name: tag.name, n: tag.sessions }),
      },
      run: () => remove(`/tags/${tag.id}`),
      notice: t("tags.deleted"),
      done: leave,
    }),
  ];
}
