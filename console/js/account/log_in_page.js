/** The log-in: e-mail address and password, then a code where a second factor is set up. */

import { h, useRef, useState } from "../vendor/preact.js";
import { t } from "../i18n/words.js";
import { toProblem } from "../server/problem.js";
import { explain } from "../shell/problems.js";
import { hasExpired, logIn } from "./log_in.js";

/** @typedef {{name: string, email: string, password: string}} DemoAccount */

/** Only the demo's page names accounts. @returns {DemoAccount[]} */
function readDemoAccounts() {
  const text = document.querySelector('meta[name="demo-accounts"]')?.getAttribute("content");
  return text ? JSON.parse(text) : [];
}

export function LogInPage() {
  const [asksCode, setAsksCode] = useState(false);
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));

  /** @param {string} email @param {string} password @param {string | null} code */
  async function tryLogIn(email, password, code) {
    setBusy(true);
    setProblem("");
    try {
      await logIn({ email, password, ...(code ? { code } : {}) });
    } catch (error) {
      const found = toProblem(error);
      setBusy(false);
      if (found.slug === "second-factor-needed") setAsksCode(true);
      else setProblem(found.slug === "bad-credentials" ? t("login.wrong") : explain(found));
    }
  }

  /** @param {SubmitEvent} event */
  function submit(event) {
    event.preventDefault();
    const given = new FormData(form.current ?? undefined);
    const code = String(given.get("code") ?? "").trim();
    void tryLogIn(String(given.get("email")).trim(), String(given.get("password")), code || null);
  }

  return h(
    "main",
    { class: "login" },
    h(
      "form",
      { ref: form, class: "login-card", onSubmit: submit },
      h(Brand, null),
      h("h1", null, t("login.title")),
      hasExpired.value && h("p", { class: "hint", role: "status" }, t("login.expired")),
      h(Field, { name: "email", type: "email", label: t("login.email"), autocomplete: "username" }),
      h(Field, {
        name: "password",
        type: "password",
        label: t("login.password"),
        autocomplete: "current-password",
      }),
      asksCode && h(CodeField, null),
      problem && h("p", { class: "form-error", role: "alert" }, problem),
      h("button", { class: "button is-primary is-wide", disabled: isBusy }, t("login.submit")),
      h(DemoAccounts, {
        onChoose: (/** @type {DemoAccount} */ each) => tryLogIn(each.email, each.password, null),
      }),
    ),
  );
}

/** @param {{onChoose: (account: DemoAccount) => void}} props */
function DemoAccounts({ onChoose }) {
  const accounts = readDemoAccounts();
  if (accounts.length === 0) return null;
  return h(
    "div",
    { class: "demo-accounts" },
    h("p", { class: "quiet small" }, t("login.demo")),
    accounts.map((each) =>
      h(
        "button",
        { key: each.email, type: "button", class: "button is-wide", onClick: () => onChoose(each) },
        t("login.demo_as", { name: each.name }),
      ),
    ),
  );
}

export function Brand() {
  return h(
    "div",
    { class: "brand" },
    h("span", { class: "brand-mark", "aria-hidden": "true" }),
    "OsmoDesk",
  );
}

/** The code of a second factor. */
export function CodeField() {
  return h(Field, {
    name: "code",
    type: "text",
    label: t("login.code"),
    help: t("login.code_help"),
    autocomplete: "one-time-code",
    isFocused: true,
  });
}

/** @param {{name: string, type: string, label: string, autocomplete: string, help?: string, isFocused?: boolean}} props */
function Field({ name, type, label, autocomplete, help, isFocused = false }) {
  return h(
    "label",
    { class: "field" },
    h("span", null, label),
    h("input", {
      name,
      type,
      autocomplete,
      required: true,
      ref: (/** @type {HTMLInputElement | null} */ input) => isFocused && input?.focus(),
      "aria-describedby": help ? `${name}-help` : undefined,
    }),
    help && h("span", { class: "quiet small", id: `${name}-help` }, help),
  );
}
