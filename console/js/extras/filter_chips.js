/** What the inbox is filtered by, each part with a button that drops it. */

import { h, useEffect } from "../vendor/preact.js";
import { useEvents } from "../live/listeners.js";
import { Icon } from "../shell/icons.js";
import { goTo, route } from "../shell/route.js";
import { PARTS, loadChoices, nameChoice } from "./filter_names.js";
import { t } from "./words.js";

export function FilterChips() {
  const { filter } = route.value;
  useEffect(() => void loadChoices(), []);
  useEvents(["tag.changed", "agent.changed"], loadChoices);
  return h(
    "ul",
    { class: "chips filter-chips", "aria-label": t("filter.title") },
    PARTS.map((part) => {
      const id = filter[part];
      if (id === null) return null;
      const name = nameChoice(part, id);
      return h(
        "li",
        { key: part, class: "chip" },
        h("span", { class: "quiet small" }, t(`filter.${part}`)),
        h("bdi", { class: "chip-name" }, name),
        h(
          "button",
          {
            type: "button",
            class: "chip-button",
            "aria-label": t("filter.drop", { name }),
            onClick: () =>
              goTo({ filter: { ...filter, [part]: null }, conversation: null }, { replace: true }),
          },
          h(Icon, { name: "close", size: 16 }),
        ),
      );
    }),
  );
}
