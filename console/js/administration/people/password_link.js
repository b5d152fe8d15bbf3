/** A link with which a person chooses a password: it works once, and is shown once. */

import { h } from "../../vendor/preact.js";
import { language } from "../../i18n/words.js";
import { fullTime } from "../../text/time.js";
import { Copyable } from "../frame/copyable.js";
import { t } from "../words.js";

/** @import { ResetLink } from "../types.d.ts" */

/** @param {{link: ResetLink}} props */
export function PasswordLink({ link }) {
  return h(Copyable, {
    label: t("people.password_link"),
    // Without PUBLIC_URL the desk does not know its own address, but this page does.
    value: link.link ?? location.origin + link.path,
    help: t("people.link_until", { time: fullTime(link.expires_at, language.value) }),
  });
}
