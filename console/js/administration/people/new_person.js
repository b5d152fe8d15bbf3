/** Add a person; the link with which they choose a password is shown once. */

import { h, useState } from "../../vendor/preact.js";
import { post } from "../../server/http.js";
import { attempt } from "../../shell/notices.js";
import { Form, useForm } from "../frame/form.js";
import { addressOf, Screen } from "../frame/screen.js";
import { t } from "../words.js";
import { PasswordLink } from "./password_link.js";
import { PersonFields } from "./person_fields.js";

/** @import { ResetLink, User } from "../types.d.ts" */

export function NewPerson() {
  const [made, setMade] = useState(
    /** @type {{user: User, link: ResetLink | null} | null} */ (null),
  );
  const form = useForm({
    isNew: true,
    initial: { name: "", email: "", role: "CS" },
    notice: t("people.added"),
    save: async (values) => {
      /** @type {User} */
      const user = await post("/users", values);
      /** @type {ResetLink | null} */
      let link = null;
      await attempt(async () => {
        link = await post(`/users/${user.id}/reset-link`);
      });
      setMade({ user, link });
    },
  });
  const back = addressOf("people");
  if (made) {
    return h(
      Screen,
      { title: made.user.name, back, help: t("people.added_help", { name: made.user.name }) },
      made.link && h(PasswordLink, { link: made.link }),
      h(
        "a",
        { class: "button", href: addressOf("people", made.user.id) },
        t("people.more_settings"),
      ),
    );
  }
  return h(
    Screen,
    { title: t("people.add"), back },
    h(
      Form,
      { form, action: t("people.add") },
      h(PersonFields, { form, emailHelp: t("people.email_help") }),
    ),
  );
}
