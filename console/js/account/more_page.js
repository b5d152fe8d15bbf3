/** One's own settings: status, language, colours, keys; and the way out. */

import { h } from "../vendor/preact.js";
import { allowNotifications } from "../browser/alerts.js";
import { prefer, preferences } from "../browser/preferences.js";
import { language, t } from "../i18n/words.js";
import { Avatar } from "../shell/avatar.js";
import { Icon } from "../shell/icons.js";
import { attempt, notify } from "../shell/notices.js";
import { extraDialog } from "../shell/extras.js";
import { isMiniApp } from "../telegram/bridge.js";
import { logOut, me, setStatus } from "./log_in.js";

/** @import { AgentStatus } from "../../types.d.ts" */
/** @import { Key } from "../i18n/words.js" */

/** @type {AgentStatus[]} */
const STATUSES = ["online", "busy", "away", "offline"];

export function MorePage() {
  const user = me.value;
  const { theme, singleKeys, sound, notifications } = preferences.value;
  if (!user) return null;
  return h(
    "section",
    { class: "pane more-pane", "aria-label": t("nav.more") },
    h("header", { class: "pane-head" }, h("h1", null, t("nav.more"))),
    h(
      "div",
      { class: "more-scroll" },
      h(
        "div",
        { class: "card me" },
        h(Avatar, { id: user.agent_id, name: user.name }),
        h(
          "span",
          { class: "who-words" },
          h("bdi", { class: "who-name" }, user.name),
          h("bdi", { class: "quiet small" }, user.email),
        ),
      ),
      user.role === "ADMIN" && [
        h(Door, { key: "reports", href: "#/reports", icon: "chart", name: t("nav.reports") }),
        h(Door, {
          key: "administration",
          href: "#/administration",
          icon: "settings",
          name: t("nav.administration"),
        }),
      ],
      h(Choice, {
        label: t("more.status"),
        help: t("more.status_help"),
        value: user.status,
        options: STATUSES.map((each) => [each, t(/** @type {Key} */ (`status.${each}`))]),
        onChoose: (each) => void attempt(() => setStatus(/** @type {AgentStatus} */ (each))),
      }),
      h(Choice, {
        label: t("more.language"),
        value: language.value,
        options: [
          ["en", "English"],
          ["id", "Bahasa Indonesia"],
        ],
        onChoose: (each) => prefer({ language: each === "id" ? "id" : "en" }),
      }),
      h(Choice, {
        label: t("more.theme"),
        value: theme,
        options: [
          ["system", t("theme.system")],
          ["light", t("theme.light")],
          ["dark", t("theme.dark")],
        ],
        onChoose: (each) => prefer({ theme: /** @type {typeof theme} */ (each) }),
      }),
      h(Toggle, {
        label: t("more.keys"),
        help: t("more.keys_help"),
        isOn: singleKeys,
        onChange: (isOn) => prefer({ singleKeys: isOn }),
      }),
      !isMiniApp &&
        h(Toggle, {
          label: t("more.notifications"),
          help: t("more.notifications_help"),
          isOn: notifications,
          onChange: (isOn) => void setNotifications(isOn),
        }),
      !isMiniApp &&
        h(Toggle, {
          label: t("more.sound"),
          help: t("more.sound_help"),
          isOn: sound,
          onChange: (isOn) => prefer({ sound: isOn }),
        }),
      h(
        "button",
        { type: "button", class: "button is-wide", onClick: () => (extraDialog.value = "help") },
        h(Icon, { name: "keyboard", size: 18 }),
        t("help.title"),
      ),
      h(
        "button",
        { type: "button", class: "button is-wide", onClick: () => void attempt(logOut) },
        t("more.log_out"),
      ),
    ),
  );
}

/** A way to a page that has no place in a phone's bar. @param {{href: string, icon: "chart" | "settings", name: string}} props */
function Door({ href, icon, name }) {
  return h("a", { class: "button is-wide", href }, h(Icon, { name: icon, size: 18 }), name);
}

/** @param {boolean} isWanted */
async function setNotifications(isWanted) {
  const isAllowed = isWanted && (await allowNotifications());
  prefer({ notifications: isAllowed });
  if (isWanted && !isAllowed) notify(t("more.notifications_refused"), true);
}

/** @param {{label: string, help?: string, value: string, options: string[][], onChoose: (value: string) => void}} props */
function Choice({ label, help, value, options, onChoose }) {
  return h(
    "label",
    { class: "field card" },
    h("span", null, label),
    h(
      "select",
      { value, onChange: (event) => onChoose(event.currentTarget.value) },
      options.map(([each = "", name = ""]) =>
        h("option", { key: each, value: each, selected: each === value }, name),
      ),
    ),
    help && h("span", { class: "quiet small" }, help),
  );
}

/** @param {{label: string, help: string, isOn: boolean, onChange: (isOn: boolean) => void}} props */
function Toggle({ label, help, isOn, onChange }) {
  return h(
    "label",
    { class: "toggle card" },
    h("input", {
      type: "checkbox",
      role: "switch",
      checked: isOn,
      onChange: (event) => onChange(event.currentTarget.checked),
    }),
    h(
      "span",
      { class: "toggle-words" },
      h("span", null, label),
      h("span", { class: "quiet small" }, help),
    ),
  );
}
