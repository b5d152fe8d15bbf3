/** How the desk is installed: what its environment says, without secrets. */

import { h } from "../../vendor/preact.js";
import { get } from "../../server/http.js";
import { showLoaded, useLoaded } from "../frame/loading.js";
import { Screen } from "../frame/screen.js";
import { t } from "../words.js";

/** @import { Installation as Settings } from "../types.d.ts" */
/** @import { Loaded } from "../frame/loading.js" */
/** @import { Key } from "../words.js" */

/** The setting of the environment that says each of them. @type {[keyof Settings, string][]} */
const ROWS = [
  ["version", ""],
  ["public_url", "PUBLIC_URL"],
  ["database", "DATABASE_URL"],
  ["redis", "REDIS_URL"],
  ["default_language", "DEFAULT_LANGUAGE"],
  ["telegram_bot_token", "TELEGRAM_BOT_TOKEN"],
  ["telegram_limits", "TELEGRAM_LIMITS"],
  ["telegram_api_url", "TELEGRAM_API_URL"],
  ["staff_enrolment", "STAFF_ENROLMENT"],
  ["openai", "OPENAI_API_KEY"],
  ["openai_model", "OPENAI_MODEL"],
  ["openai_base_url", "OPENAI_BASE_URL"],
  ["cors_origins", "CORS_ORIGINS"],
];

export function Installation() {
  /** @type {Loaded<Settings>} */
  const loaded = useLoaded(() => get("/settings"), []);
  return h(
    Screen,
    { title: t("installation.title"), help: t("installation.help") },
    showLoaded(loaded, (found) =>
      h(
        "dl",
        { class: "facts" },
        ROWS.map(([name, variable]) =>
          h(
            "div",
            { key: name },
            h(
              "dt",
              null,
              t(/** @type {Key} */ (`installation.${name}`)),
              variable && h("code", { class: "quiet small" }, variable),
            ),
            h("dd", { dir: "auto" }, write(found[name])),
          ),
        ),
      ),
    ),
  );
}

/** @param {string | string[] | boolean | null} value */
function write(value) {
  if (typeof value === "boolean") return t(value ? "installation.is_set" : "installation.not_set");
  const text = Array.isArray(value) ? value.join(", ") : value;
  return text || t("installation.not_set");
}
