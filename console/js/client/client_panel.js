/** The customer beside a thread. */

import { h } from "../vendor/preact.js";
import { t } from "../i18n/words.js";
import { ClientDetails } from "../shell/extras.js";
import { Icon } from "../shell/icons.js";
import { linkTo } from "../shell/route.js";
import { Skeleton } from "../shell/skeleton.js";
import { openThread } from "../thread/store.js";

/** @param {{conversation: string}} props */
export function ClientPanel({ conversation }) {
  const thread = openThread(conversation);
  const session = thread.session.value;
  return h(
    "aside",
    { class: "pane client-pane", "aria-label": t("client.title") },
    h(
      "header",
      { class: "pane-head" },
      h(
        "a",
        {
          class: "icon-button client-back",
          href: linkTo({ conversation, showsClient: false }),
          "aria-label": t("common.back"),
        },
        h(Icon, { name: "back" }),
      ),
      h("h1", null, t("client.title")),
    ),
    session
      ? h(ClientDetails, { key: session.client.id, id: session.client.id, session })
      : !thread.problem.value && h(Skeleton, { lines: 5, kind: "line" }),
  );
}
