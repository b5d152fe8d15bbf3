/** Who did what, and when. */

import { h, useState } from "../../vendor/preact.js";
import { language } from "../../i18n/words.js";
import { query } from "../../server/http.js";
import { fullTime } from "../../text/time.js";
import { useOptions } from "../frame/options.js";
import { showList, useList } from "../frame/list.js";
import { LAST_DAY, toMoment } from "../frame/moments.js";
import { Screen } from "../frame/screen.js";
import { t } from "../words.js";

/** @import { AuditEntry } from "../types.d.ts" */
/** @import { Named } from "../frame/options.js" */

const ULID = /\b[0-9A-HJKMNP-TV-Z]{26}\b/g;
/** `subject_name`: how the chosen subject is shown. */
const NOTHING = { user_id: "", action: "", subject: "", subject_name: "", since: "", until: "" };
/** @typedef {typeof NOTHING} Filter */

export function Audit() {
  const [filter, setFilter] = useState(NOTHING);
  /** @param {Partial<Filter>} given */
  const change = (given) => setFilter({ ...filter, ...given });
  const { user_id, action, subject, since, until } = filter;
  const path = `/audit-log${query({
    user_id: user_id || null,
    action: action || null,
    subject: subject || null,
    since: toMoment(since),
    until: toMoment(until, 1),
  })}`;
  return h(
    Screen,
    { title: t("audit.title"), help: t("audit.help") },
    h(Filters, { filter, change }),
    h(Entries, { key: path, path, change }),
  );
}

/** @param {{filter: Filter, change: (given: Partial<Filter>) => void}} props */
function Filters({ filter, change }) {
  /** @type {ReturnType<typeof useOptions<Named>>} */
  const users = useOptions("/users");
  const chosen = [filter.action, filter.subject_name].filter(Boolean);
  return h(
    "div",
    { class: "filters" },
    h(
      "label",
      { class: "field" },
      h("span", null, t("audit.who")),
      h(
        "select",
        {
          value: filter.user_id,
          onChange: (event) => change({ user_id: event.currentTarget.value }),
        },
        h("option", { value: "", selected: filter.user_id === "" }, t("audit.everybody")),
        users.items.map(({ id, name }) =>
          h("option", { key: id, value: id, selected: id === filter.user_id }, name),
        ),
      ),
    ),
    showDay("since", t("audit.since")),
    showDay("until", t("audit.until")),
    chosen.length > 0 &&
      h(
        "button",
        {
          type: "button",
          class: "button",
          onClick: () => change({ action: "", subject: "", subject_name: "" }),
        },
        t("audit.all_of", { what: chosen.join(", ") }),
      ),
  );

  /** @param {"since" | "until"} name @param {string} label */
  function showDay(name, label) {
    return h(
      "label",
      { class: "field" },
      h("span", null, label),
      h("input", {
        type: "date",
        max: LAST_DAY,
        value: filter[name],
        onInput: (event) => change({ [name]: event.currentTarget.value }),
      }),
    );
  }
}

/** @param {{path: string, change: (given: Partial<Filter>) => void}} props */
function Entries({ path, change }) {
  /** @type {import("../frame/list.js").List<AuditEntry>} */
  const list = useList(path);
  return showList(list, {
    nothing: { title: t("audit.none"), help: t("audit.none_next") },
    show: ({ id, actor, action, subject, details, names, created_at }) =>
      h(
        "li",
        { key: id, class: "log-row" },
        h(
          "span",
          { class: "row-main" },
          h(
            "span",
            null,
            h("bdi", null, h("strong", null, actor)),
            " · ",
            h(
              "button",
              {
                type: "button",
                class: "link",
                title: t("audit.only"),
                onClick: () => change({ action }),
              },
              action,
            ),
          ),
          h(
            "span",
            { class: "quiet small" },
            fullTime(created_at, language.value),
            " · ",
            h(
              "button",
              {
                type: "button",
                class: "link",
                title: t("audit.only"),
                onClick: () => change({ subject, subject_name: showNames(subject, names) }),
              },
              showNames(subject, names),
            ),
          ),
          details &&
            h("span", { class: "small", dir: "auto" }, showNames(describe(details), names)),
        ),
      ),
  });
}

/** Put names where ids are, as far as they are known. @param {string} text @param {Record<string, string>} names */
const showNames = (text, names) => text.replaceAll(ULID, (id) => names[id] ?? id);

/** Details as text: names and values. @param {Record<string, unknown>} details */
const describe = (details) =>
  Object.entries(details)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" · ");
