/** People who log in: a list, one of them, a new one. */

import { h } from "../../vendor/preact.js";
import { useEvents } from "../../live/listeners.js";
import { Avatar } from "../../shell/avatar.js";
import { AddLink, addressOf, Screen } from "../frame/screen.js";
import { ItemRow, ListSearch, showList, useList } from "../frame/list.js";
import { t } from "../words.js";
import { NewPerson } from "./new_person.js";
import { Person } from "./person.js";
import { WorkingHours } from "./working_hours.js";

/** @import { User } from "../types.d.ts" */

/** @param {{path: string[]}} props */
export function People({ path }) {
  const [id, part] = path;
  if (id === "new") return h(NewPerson, null);
  if (id && part === "hours") return h(WorkingHours, { key: id, id });
  if (id) return h(Person, { key: id, id });
  return h(PeopleList, null);
}

function PeopleList() {
  /** @type {import("../frame/list.js").List<User>} */
  const list = useList("/users");
  useEvents(["agent.changed"], list.reload);
  return h(
    Screen,
    {
      title: t("people.title"),
      help: t("people.help"),
      action: h(AddLink, { href: addressOf("people", "new"), words: t("people.add") }),
    },
    h(ListSearch, { list, label: t("people.search") }),
    showList(list, {
      nothing: { title: t("people.none"), help: t("people.none_next") },
      show: (user) =>
        h(ItemRow, {
          key: user.id,
          href: addressOf("people", user.id),
          title: user.name,
          text: user.email,
          before: h(Avatar, { id: user.agent_id, name: user.name }),
          marks: listMarks(user),
        }),
    }),
  );
}

/** @param {User} user @returns {[string, ("warning" | "priority")?][]} */
function listMarks(user) {
  if (!user.is_active) return [[t("people.disabled"), "priority"]];
  /** @type {[string, ("warning" | "priority")?][]} */
  const marks = user.role === "ADMIN" ? [[t("role.ADMIN")]] : [];
  if (user.has_published_password) marks.push([t("people.demo_password"), "warning"]);
  return marks;
}
