/** Choose what the inbox shows, and keep it under a name. */

import { h, useEffect } from "../vendor/preact.js";
import { NO_FILTER, isFiltered } from "../inbox/rows.js";
import { Dialog } from "../shell/dialog.js";
import { Icon } from "../shell/icons.js";
import { attempt } from "../shell/notices.js";
import { goTo, linkTo, route } from "../shell/route.js";
import { PARTS, describeFilter, listChoices, loadChoices } from "./filter_names.js";
import {
  dropView,
  filterOf,
  linkToView,
  loadSavedViews,
  savedViews,
  saveView,
} from "./saved_views.js";
import { t } from "./words.js";

/** @import { Filter } from "../inbox/rows.js" */
/** @import { Part } from "./filter_names.js" */
/** @import { SavedView } from "./saved_views.js" */

const MOST_VIEWS = 20;

/** @param {{onClose: () => void}} props */
export function FilterDialog({ onClose }) {
  const { filter } = route.value;
  useEffect(() => {
    void loadChoices();
    void attempt(loadSavedViews);
  }, []);

  /** @param {SubmitEvent & {currentTarget: HTMLFormElement}} event */
  function show(event) {
    event.preventDefault();
    const chosen = new FormData(event.currentTarget);
    const parts = PARTS.map((part) => [part, chosen.get(part) || null]);
    onClose();
    goTo({ filter: { ...NO_FILTER, ...Object.fromEntries(parts) }, conversation: null });
  }

  return h(
    Dialog,
    { title: t("filter.title"), onClose },
    h(
      "form",
      { class: "form", onSubmit: show },
      PARTS.map((part) => h(Choices, { key: part, part, filter })),
      h(
        "div",
        { class: "buttons" },
        h("button", { class: "button is-primary" }, t("filter.show")),
        isFiltered(filter) &&
          h(
            "a",
            {
              class: "button",
              href: linkTo({ filter: NO_FILTER, conversation: null }),
              onClick: onClose,
            },
            t("filter.clear"),
          ),
      ),
    ),
    h(SavedViews, { onClose }),
    isFiltered(filter) && savedViews.value.length < MOST_VIEWS && h(SaveForm, { filter }),
  );
}

/** @param {{part: Part, filter: Filter}} props */
function Choices({ part, filter }) {
  const choices = listChoices(part);
  // What a link asked for stays chosen, also when it is gone.
  const isMissing = filter[part] !== null && !choices.some((each) => each.id === filter[part]);
  if (choices.length === 0 && !isMissing) return null;
  return h(
    "label",
    { class: "field" },
    h("span", null, t(`filter.${part}`)),
    h(
      "select",
      { name: part },
      h("option", { value: "" }, t("filter.any")),
      isMissing && h("option", { value: filter[part] ?? "", selected: true }, t("filter.unknown")),
      choices.map(({ id, name }) =>
        h("option", { key: id, value: id, selected: id === filter[part] }, name),
      ),
    ),
  );
}

/** @param {{onClose: () => void}} props */
function SavedViews({ onClose }) {
  if (savedViews.value.length === 0) return null;
  return h(
    "section",
    null,
    h("h3", { class: "small quiet" }, t("filter.views")),
    h(
      "ul",
      { class: "saved-views" },
      savedViews.value.map((view) => h(SavedRow, { key: view.name, view, onClose })),
    ),
  );
}

/** @param {{view: SavedView, onClose: () => void}} props */
function SavedRow({ view, onClose }) {
  const { name, list } = view;
  return h(
    "li",
    { class: "saved-view" },
    h(
      "a",
      { class: "choice", href: linkToView(view), onClick: onClose },
      h("bdi", { class: "choice-name" }, name),
      h(
        "bdi",
        { class: "quiet small one-line" },
        [t(`view.${list}`), ...describeFilter(filterOf(view))].join(" · "),
      ),
    ),
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": t("filter.forget", { name }),
        onClick: () => void attempt(() => dropView(name)),
      },
      h(Icon, { name: "close", size: 16 }),
    ),
  );
}

/** @param {{filter: Filter}} props */
function SaveForm({ filter }) {
  /** @param {SubmitEvent & {currentTarget: HTMLFormElement}} event */
  async function save(event) {
    event.preventDefault();
    const form = event.currentTarget;
    const name = String(new FormData(form).get("name") ?? "").trim();
    if (name && (await attempt(() => saveView(name, route.peek().view, filter)))) form.reset();
  }
  return h(
    "form",
    { class: "form is-inline", onSubmit: save },
    h(
      "label",
      { class: "field" },
      h("span", null, t("filter.name")),
      h("input", { name: "name", maxLength: 50, autocomplete: "off", required: true }),
    ),
    h("button", { class: "button" }, t("common.save")),
  );
}
