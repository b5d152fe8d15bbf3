/** One conversation in the list. */

import { h } from "../vendor/preact.js";
import { me } from "../account/log_in.js";
import { now } from "../browser/clock.js";
import { drafted } from "../composer/drafts.js";
import { language, t } from "../i18n/words.js";
import { nameOf } from "../live/names.js";
import { Avatar } from "../shell/avatar.js";
import { Icon } from "../shell/icons.js";
import { channelName } from "../text/channels.js";
import { duration, preview, previewAuthor } from "../text/labels.js";
import { slaWords } from "../text/sla.js";
import { listTime, windowState } from "../text/time.js";
import { waitingSince } from "./rows.js";

/** @import { Row } from "./rows.js" */

export const ROW_HEIGHT = 84;
/** @type {{name: "check", size: number}} */
const CHECK = { name: "check", size: 16 };

/**
 * @param {object} props
 * @param {Row} props.row @param {number} props.index @param {number} props.count
 * @param {boolean} props.isSelected @param {boolean} props.isOpen
 * @param {boolean | null} props.isPicked null: nothing is picked
 * @param {(row: Row, event: MouseEvent) => void} props.onPress
 */
export function RowView({ row, index, count, isSelected, isOpen, isPicked, onPress }) {
  const at = row.last_message?.created_at ?? row.last_message_at;
  const author = previewAuthor(row.last_message, me.value?.name ?? "");
  const kinds = [
    isSelected && "is-selected",
    isOpen && "is-open",
    isPicked && "is-picked",
    row.unread_count > 0 && "is-unread",
  ];
  return h(
    "li",
    {
      id: `row-${row.id}`,
      role: "option",
      "aria-selected": String(isSelected),
      "aria-setsize": count,
      "aria-posinset": index + 1,
      class: ["row", ...kinds].filter(Boolean).join(" "),
      "aria-checked": isPicked === null ? undefined : String(isPicked),
      onClick: (event) => onPress(row, event),
      style: { transform: `translateY(${index * ROW_HEIGHT}px)`, height: `${ROW_HEIGHT}px` },
    },
    h(
      "div",
      { class: "row-link" },
      h(Avatar, { id: row.client.id, name: row.client.name }),
      h("span", { class: "row-pick" }, h("span", { class: "row-box" }, h(Icon, CHECK))),
      h(
        "span",
        { class: "row-main" },
        h(
          "span",
          { class: "row-top" },
          h("bdi", { class: "row-name" }, row.client.name),
          h("time", { class: "row-time", dateTime: at }, listTime(at, language.value, now.value)),
        ),
        h(
          "span",
          { class: "row-text" },
          drafted.value.has(row.id)
            ? h("span", { class: "draft-mark" }, t("inbox.draft"))
            : author && h("span", { class: "row-author" }, `${author}: `),
          h("bdi", null, preview(row.last_message)),
        ),
        h("span", { class: "row-marks" }, h(Marks, { row })),
      ),
      row.unread_count > 0 &&
        h(
          "span",
          { class: "badge", "aria-label": t("inbox.unread_count", { n: row.unread_count }) },
          row.unread_count > 99 ? "99+" : row.unread_count,
        ),
    ),
  );
}

/** @param {{row: Row}} props */
function Marks({ row }) {
  const { session } = row;
  const left = row.reply_until === null ? 0 : new Date(row.reply_until).getTime() - now.value;
  const window = windowState(row.reply_until, now.value);
  return [
    h("span", { class: "mark is-channel" }, channelName(row.channel.kind)),
    session && h(Holder, { row }),
    isPressing(session?.sla)
      ? h("span", { class: "mark is-priority" }, slaWords(session?.sla, now.value))
      : h(Waiting, { row }),
    session?.snoozed_until &&
      new Date(session.snoozed_until).getTime() > now.value &&
      h("span", { class: "mark" }, t("inbox.snoozed")),
    session &&
      ["high", "urgent"].includes(session.priority) &&
      h(
        "span",
        { class: "mark is-priority" },
        t(session.priority === "urgent" ? "priority.urgent" : "priority.high"),
      ),
    window === "closing" &&
      h("span", { class: "mark is-warning" }, t("window.left", { time: duration(left) })),
    window === "closed" && h("span", { class: "mark is-quiet" }, t("window.closed")),
  ];
}

/** @param {{state: string} | null | undefined} sla of a wait that is nearly too long, or is */
const isPressing = (sla) => sla?.state === "warned" || sla?.state === "breached";

/** @param {{row: Row}} props */
function Holder({ row }) {
  const agent = row.session?.agent;
  if (!agent || agent.id === me.value?.agent_id) return null;
  const name = nameOf(agent);
  return h("bdi", { class: "mark" }, agent.kind === "ai" ? `AI ${name}` : name);
}

/** @param {{row: Row}} props */
function Waiting({ row }) {
  const since = waitingSince(row);
  if (since === null) return null;
  const time = duration(Math.max(0, now.value - new Date(since).getTime()));
  return h("span", { class: "mark is-waiting" }, t("inbox.waits", { time }));
}
