/** Set up the second factor that an administrator requires, before anything else. */

import { h, useState } from "../vendor/preact.js";
import { t } from "../i18n/words.js";
import { post } from "../server/http.js";
import { toProblem } from "../server/problem.js";
import { explain } from "../shell/problems.js";
import { enter, logOut } from "./log_in.js";

/** @typedef {{secret: string, uri: string}} Secret */

export function EnrolmentPage() {
  const [secret, setSecret] = useState(/** @type {Secret | null} */ (null));
  const [codes, setCodes] = useState(/** @type {string[]} */ ([]));
  const [problem, setProblem] = useState("");

  /** @param {SubmitEvent & {currentTarget: HTMLFormElement}} event */
  async function submit(event) {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    setProblem("");
    try {
      if (secret === null) {
        setSecret(await post("/auth/second-factor", { password: String(given.get("password")) }));
        return;
      }
      const code = String(given.get("code")).replaceAll(/\s/g, "");
      /** @type {{recovery_codes: string[]}} */
      const done = await post("/auth/second-factor/confirm", { code });
      setCodes(done.recovery_codes);
    } catch (error) {
      setProblem(explain(toProblem(error)));
    }
  }

  return h(
    "main",
    { class: "login" },
    h(
      "form",
      { class: "login-card", onSubmit: submit },
      h("h1", null, t("enrol.title")),
      codes.length > 0
        ? h(RecoveryCodes, { codes })
        : secret === null
          ? h(PasswordStep, null)
          : h(CodeStep, { secret }),
      problem && h("p", { class: "form-error", role: "alert" }, problem),
      codes.length > 0
        ? h(
            "button",
            { type: "button", class: "button is-primary is-wide", onClick: () => void enter() },
            t("enrol.done"),
          )
        : h("button", { class: "button is-primary is-wide" }, t("enrol.next")),
      codes.length === 0 &&
        h(
          "button",
          { type: "button", class: "button is-wide", onClick: () => void logOut() },
          t("more.log_out"),
        ),
    ),
  );
}

function PasswordStep() {
  return [
    h("p", { key: "help", class: "quiet" }, t("enrol.help")),
    h(
      "label",
      { key: "field", class: "field" },
      h("span", null, t("login.password")),
      h("input", {
        name: "password",
        type: "password",
        required: true,
        autocomplete: "current-password",
      }),
    ),
  ];
}

/** @param {{secret: Secret}} props */
function CodeStep({ secret }) {
  const groups = secret.secret.match(/.{1,4}/g) ?? [];
  return [
    h("p", { key: "help", class: "quiet" }, t("enrol.app")),
    h("p", { key: "secret", class: "secret" }, groups.join(" ")),
    h("a", { key: "link", class: "button", href: secret.uri }, t("enrol.open_app")),
    h(
      "label",
      { key: "field", class: "field" },
      h("span", null, t("login.code")),
      h("input", { name: "code", required: true, inputMode: "numeric", autocomplete: "off" }),
    ),
  ];
}

/** @param {{codes: string[]}} props */
function RecoveryCodes({ codes }) {
  return [
    h("p", { key: "help", class: "quiet" }, t("enrol.codes")),
    h(
      "ul",
      { key: "codes", class: "secret" },
      codes.map((each) => h("li", { key: each }, each)),
    ),
  ];
}
