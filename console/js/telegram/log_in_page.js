/** What a Mini App shows to whom it cannot log in by itself. */

import { h, useState } from "../vendor/preact.js";
import { logIn, refusal, resume } from "../account/log_in.js";
import { Brand, CodeField } from "../account/log_in_page.js";
import { t } from "../i18n/words.js";
import { toProblem } from "../server/problem.js";
import { explain } from "../shell/problems.js";
import { launch, tell } from "./bridge.js";

/** @import { Key } from "../i18n/words.js" */

export function TelegramLogInPage() {
  const slug = refusal.value?.slug;
  return h(
    "main",
    { class: "login" },
    slug === "second-factor-needed" ? h(CodeForm, null) : h(Refusal, { slug: slug ?? "" }),
  );
}

/** @param {{slug: string}} props */
function Refusal({ slug }) {
  const isUnbound = slug === "telegram-not-linked";
  /** @type {Key} */
  const title = isUnbound
    ? "telegram.unbound"
    : launch.data
      ? "telegram.again"
      : "telegram.outside";
  return h(
    "div",
    { class: "login-card" },
    h(Brand, null),
    h("h1", null, t(title)),
    h("p", null, t(isUnbound ? "telegram.unbound_next" : "telegram.again_next")),
    launch.data
      ? h(
          "div",
          { class: "buttons" },
          isUnbound &&
            h(
              "button",
              { type: "button", class: "button", onClick: () => void resume() },
              t("common.retry"),
            ),
          h(
            "button",
            { type: "button", class: "button is-primary", onClick: () => tell("web_app_close") },
            t("common.close"),
          ),
        )
      : h("a", { class: "button is-primary is-wide", href: "/" }, t("telegram.browser")),
  );
}

function CodeForm() {
  const [problem, setProblem] = useState("");

  /** @param {SubmitEvent & {currentTarget: HTMLFormElement}} event */
  async function submit(event) {
    event.preventDefault();
    setProblem("");
    const code = String(new FormData(event.currentTarget).get("code") ?? "").trim();
    try {
      await logIn({ code });
    } catch (error) {
      const found = toProblem(error);
      setProblem(found.slug === "bad-credentials" ? t("telegram.wrong_code") : explain(found));
    }
  }

  return h(
    "form",
    { class: "login-card", onSubmit: submit },
    h("h1", null, t("login.title")),
    h(CodeField, null),
    problem && h("p", { class: "form-error", role: "alert" }, problem),
    h("button", { class: "button is-primary is-wide" }, t("login.submit")),
  );
}
