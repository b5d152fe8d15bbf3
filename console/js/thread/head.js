/** The head of a thread: who it is, who holds it, and what can be done. */

import { h, useEffect } from "../vendor/preact.js";
import { me } from "../account/log_in.js";
import { now } from "../browser/clock.js";
import { t } from "../i18n/words.js";
import { nameOf } from "../live/names.js";
import { placeOf } from "../server/abilities.js";
import { Avatar } from "../shell/avatar.js";
import { closeSessionDialog, extraDialog } from "../shell/extras.js";
import { Icon } from "../shell/icons.js";
import { Menu } from "../shell/menu.js";
import { attempt, notify } from "../shell/notices.js";
import { goTo, linkTo } from "../shell/route.js";
import { useShortcuts } from "../shell/shortcuts.js";
import { isMiniApp } from "../telegram/bridge.js";
import { openOutside } from "../telegram/links.js";
import { duration } from "../text/labels.js";
import { slaWords } from "../text/sla.js";
import { windowState } from "../text/time.js";
import { neighbour, selected } from "../inbox/selection.js";
import { route } from "../shell/route.js";
import { usePresence } from "./presence.js";
import { claim, endSession, reopen, setPriority, wake } from "./session_actions.js";

/** @import { Priority, SessionDetail } from "../../types.d.ts" */
/** @import { Thread } from "./store.js" */
/** @import { Key } from "../i18n/words.js" */

/** @type {Priority[]} */
const PRIORITIES = ["low", "normal", "high", "urgent"];

/** @param {{id: string, thread: Thread}} props */
export function ThreadHead({ id, thread }) {
  const session = thread.session.value;
  useEffect(() => closeSessionDialog, [id]);
  const others = usePresence(session?.status === "ACTIVE" ? session.id : undefined);
  return h(
    "header",
    { class: "pane-head thread-head" },
    h(
      "a",
      {
        class: "icon-button back",
        href: linkTo({ conversation: null, showsClient: false }),
        "aria-label": t("common.back"),
      },
      h(Icon, { name: "back" }),
    ),
    session &&
      h(
        "a",
        {
          class: "who",
          href: linkTo({ conversation: id, showsClient: true }),
          "aria-label": t("thread.show_client", { name: session.client.name }),
        },
        h(Avatar, { id: session.client.id, name: session.client.name }),
        h(
          "span",
          { class: "who-words" },
          h("h1", { class: "who-name", dir: "auto" }, session.client.name),
          h("span", { class: "quiet small" }, h("bdi", null, describe(session))),
        ),
      ),
    others.length > 0 &&
      h(
        "p",
        { class: "others", role: "status" },
        others.map((each) =>
          h(
            "span",
            { key: each.agentId, dir: "auto" },
            t(each.state === "composing" ? "presence.composing" : "presence.viewing", {
              name: each.name,
            }),
          ),
        ),
      ),
    session && h(Tools, { id, session }),
  );
}

/** @param {string} id of the conversation */
const copyLink = (id) =>
  attempt(async () => {
    const path = linkTo({ view: "all", conversation: id, showsClient: false });
    await navigator.clipboard.writeText(new URL(path, location.href).href);
    notify(t("thread.link_copied"));
  });

/** @param {SessionDetail} session */
function describe(session) {
  const left =
    session.reply_until === null ? 0 : new Date(session.reply_until).getTime() - now.value;
  const window = windowState(session.reply_until, now.value);
  return [
    session.status === "ENDED"
      ? t("session.ended")
      : session.waiting
        ? t("session.waiting")
        : holderWords(session),
    slaWords(session.sla, now.value),
    window === "open" || window === "closing" ? t("window.left", { time: duration(left) }) : "",
    placeOf(session.channel),
  ]
    .filter(Boolean)
    .join(" · ");
}

/** @param {SessionDetail} session */
function holderWords({ agent }) {
  if (agent === null) return "";
  return agent.id === me.value?.agent_id
    ? t("session.mine")
    : t("session.held", { name: nameOf(agent) });
}

/** @param {{id: string, session: SessionDetail}} props */
function Tools({ id, session }) {
  const isOpen = session.status === "ACTIVE";
  const isMine = isOpen && session.agent?.id === me.value?.agent_id;
  const canChange = isMine || (isOpen && me.value?.role === "ADMIN");
  const canClaim = isOpen && !isMine && (session.waiting || session.agent?.kind === "ai");
  async function end() {
    const next = neighbour(route.value.view, id);
    if (await endSession(session)) selected.value = next;
  }
  useShortcuts({
    ...(canClaim ? { c: () => void claim(session) } : {}),
    ...(canChange ? { t: () => (extraDialog.value = "transfer"), e: () => void end() } : {}),
    Escape: () => goTo({ conversation: null, showsClient: false }),
  });
  const isSnoozed =
    session.snoozed_until !== null && new Date(session.snoozed_until).getTime() > now.value;
  const items = [
    canChange && { text: t("action.transfer"), run: () => (extraDialog.value = "transfer") },
    canChange &&
      !isSnoozed && { text: t("action.snooze"), run: () => (extraDialog.value = "snooze") },
    canChange && isSnoozed && { text: t("action.wake"), run: () => void wake(session) },
    { text: t("action.tags"), run: () => (extraDialog.value = "tags") },
    ...(canChange || canClaim
      ? PRIORITIES.filter((each) => each !== session.priority).map((each) => ({
          text: t("action.priority", { name: t(/** @type {Key} */ (`priority.${each}`)) }),
          run: () => void setPriority(session, each),
        }))
      : []),
    session.topic_url && {
      text: t("thread.topic"),
      run: () => openOutside(session.topic_url ?? ""),
    },
    canChange && canClaim && { text: t("action.end"), run: () => void end() },
    !isOpen && { text: t("action.reopen"), run: () => void reopen(session) },
    // A Mini App's address leads nowhere in a browser, and plain http has no clipboard.
    !isMiniApp &&
      navigator.clipboard && { text: t("thread.copy_link"), run: () => void copyLink(id) },
    { text: t("palette.open"), run: () => (extraDialog.value = "palette") },
  ].filter((each) => typeof each === "object" && each !== null);
  return h(
    "div",
    { class: "tools" },
    canClaim &&
      h(
        "button",
        { type: "button", class: "button is-primary", onClick: () => void claim(session) },
        t("action.claim"),
      ),
    canChange &&
      !canClaim &&
      h(
        "button",
        { type: "button", class: "button is-icon", onClick: () => void end() },
        h(Icon, { name: "check", size: 18 }),
        h("span", null, t("action.end")),
      ),
    h(Menu, { label: t("thread.actions"), items }),
  );
}
