/** How a person gets in: password, Telegram, second factor; and how they are kept out. */

import { h, useState } from "../../vendor/preact.js";
import { language } from "../../i18n/words.js";
import { patch, post, remove } from "../../server/http.js";
import { fullTime } from "../../text/time.js";
import { Action } from "../frame/action.js";
import { Copyable } from "../frame/copyable.js";
import { Part } from "../frame/screen.js";
import { t } from "../words.js";
import { PasswordLink } from "./password_link.js";

/** @import { LinkCode, ResetLink, User } from "../types.d.ts" */

/** @param {{user: User, onChange: () => Promise<void>}} props */
export function PersonActions({ user, onChange }) {
  const changed = () => void onChange();
  if (!user.is_active) {
    return h(
      Part,
      { title: t("people.disabled") },
      h(Action, {
        words: t("people.enable"),
        help: t("people.enable_help"),
        run: () => patch(`/users/${user.id}`, { is_active: true }),
        notice: t("people.enabled"),
        done: changed,
      }),
    );
  }
  return [
    h(Password, { key: "password", user }),
    h(Telegram, { key: "telegram", user, changed }),
    user.second_factor_on &&
      h(
        Part,
        { key: "factor", title: t("people.factor") },
        h(Action, {
          words: t("people.factor_off"),
          help: t("people.factor_off_help"),
          question: {
            text: t("people.factor_off_text", { name: user.name }),
          },
          run: () => remove(`/users/${user.id}/second-factor`),
          notice: t("people.factor_is_off"),
          done: changed,
        }),
      ),
    h(
      Part,
      { key: "out", title: t("people.access") },
      h(Action, {
        words: t("people.log_out"),
        help: t("people.log_out_help"),
        run: () => remove(`/users/${user.id}/log-ins`),
        notice: t("people.logged_out"),
      }),
      h(Action, {
        words: t("people.disable"),
        help: t("people.disable_help"),
        question: {
          text: t("people.disable_text", { name: user.name, n: user.active_sessions }),
        },
        run: () => patch(`/users/${user.id}`, { is_active: false }),
        notice: t("people.is_disabled"),
        done: changed,
      }),
    ),
  ];
}

/** @param {{user: User}} props */
function Password({ user }) {
  const [link, setLink] = useState(/** @type {ResetLink | null} */ (null));
  return h(
    Part,
    { title: t("login.password") },
    link
      ? h(PasswordLink, { link })
      : h(Action, {
          words: t("people.password_make"),
          help: t("people.password_help"),
          run: async () => setLink(await post(`/users/${user.id}/reset-link`)),
        }),
  );
}

/** @param {{user: User, changed: () => void}} props */
function Telegram({ user, changed }) {
  const [code, setCode] = useState(/** @type {LinkCode | null} */ (null));
  if (user.telegram_linked) {
    return h(
      Part,
      { title: "Telegram" },
      h(Action, {
        words: t("people.telegram_unlink"),
        help: t("people.telegram_linked"),
        question: {
          text: t("people.telegram_unlink_text", { name: user.name }),
        },
        run: () => remove(`/agents/${user.agent_id}/telegram`),
        notice: t("people.telegram_unlinked"),
        done: changed,
      }),
    );
  }
  const until = code && t("people.link_until", { time: fullTime(code.expires_at, language.value) });
  return h(
    Part,
    { title: "Telegram" },
    code && until
      ? [
          code.link &&
            h(Copyable, { key: "link", label: t("people.telegram_link"), value: code.link }),
          h(Copyable, {
            key: "command",
            label: t(code.link ? "people.telegram_or" : "people.telegram_command"),
            value: code.command,
            help: until,
          }),
        ]
      : h(Action, {
          words: t("people.telegram_make"),
          help: t("people.telegram_help"),
          run: async () => setCode(await post(`/agents/${user.agent_id}/link-code`)),
        }),
  );
}
