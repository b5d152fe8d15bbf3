/** One message of the thread. */

import { h, useState } from "../vendor/preact.js";
import { me } from "../account/log_in.js";
import { t, language } from "../i18n/words.js";
import { isAble } from "../server/abilities.js";
import { post, put, remove } from "../server/http.js";
import { Icon } from "../shell/icons.js";
import { attempt } from "../shell/notices.js";
import { Menu } from "../shell/menu.js";
import { typeName } from "../text/labels.js";
import { clockTime, fullTime } from "../text/time.js";
import { AiReason } from "./ai_reason.js";
import { Attachment } from "./attachment.js";
import { Delivery } from "./delivery.js";
import { RichText } from "./rich_text.js";
import { takeAnswer } from "./store.js";

/** @import { Key } from "../i18n/words.js" */
/** @import { Message } from "../../types.d.ts" */

/**
 * @typedef {object} BubbleActions
 * @property {(message: Message) => void} onReply
 * @property {(message: Message) => void} onEdit
 * @property {(id: string) => void} onJump
 */

const EMOJIS = ["👍", "❤️"];
/** Who wrote what has no name. @type {Record<string, Key>} */
const UNNAMED = { in: "author.customer", system: "author.system" };

/** @param {Message} message */
function kindOf(message) {
  if (message.direction === "internal") return "note";
  if (message.direction === "inbound") return "in";
  return message.sender_type === "AI" ? "ai" : message.sender_type === "SYSTEM" ? "system" : "out";
}

/**
 * @param {object} props
 * @param {Message} props.message @param {boolean} props.isFirst
 * @param {string} props.channel @param {Message | undefined} props.answered
 * @param {BubbleActions | null} props.actions null: it is only read here
 */
export function Bubble({ message, isFirst, channel, answered, actions }) {
  const kind = kindOf(message);
  const isMine = message.author_id !== null && message.author_id === me.value?.agent_id;
  const author =
    kind === "note" && !message.author_name
      ? t("author.system")
      : isMine
        ? t("author.me")
        : (message.author_name ?? t(UNNAMED[kind] ?? "author.phone"));
  const isDeleted = message.deleted_at !== null;
  return h(
    "article",
    {
      id: `message-${message.id}`,
      "aria-label": kind === "note" ? `${t("note.label")} · ${author}` : author,
      class: ["bubble-row", `is-${kind}`, isFirst && "is-first", `is-${message.delivery_state}`]
        .filter(Boolean)
        .join(" "),
    },
    h(
      "div",
      { class: isDeleted ? "bubble is-deleted" : "bubble" },
      kind === "note" &&
        h(
          "p",
          { class: "note-label" },
          h(Icon, { name: "note", size: 16 }),
          t("note.label"),
          " · ",
          h("bdi", null, author),
        ),
      kind !== "note" &&
        kind !== "in" &&
        isFirst &&
        h(
          "p",
          { class: "author" },
          kind === "ai" && h(Icon, { name: "spark", size: 16 }),
          h("bdi", null, author),
        ),
      answered && h(Quote, { message: answered, onJump: actions?.onJump }),
      isDeleted &&
        h(
          "p",
          { class: "quiet small" },
          message.delivery_state === "failed" ? t("message.discarded") : t("message.deleted"),
        ),
      h(Content, { message }),
      message.message && h(RichText, { text: message.message, entities: message.entities }),
      kind === "ai" && h(AiReason, { marks: message.attributes?.["ai"] }),
      h(
        "footer",
        { class: "bubble-foot" },
        message.edited_at && h(History, { message }),
        h(
          "time",
          { dateTime: message.created_at, title: fullTime(message.created_at, language.value) },
          clockTime(message.created_at, language.value),
        ),
        h(Delivery, { message }),
      ),
      h(ReactionChips, { message }),
      actions && h(Decisions, { message }),
    ),
    actions && !isDeleted && h(Actions, { message, channel, kind, isMine, actions }),
  );
}

/** @param {{message: Message}} props */
function Content({ message }) {
  const { attributes, message_type: type } = message;
  if (message.file) return h(Attachment, { message, file: message.file });
  if (type === "LOCATION" && attributes?.latitude !== undefined) {
    const place = `${attributes.latitude},${attributes.longitude}`;
    return h("p", { class: "quiet" }, `${typeName(type)}: ${place}`);
  }
  if (!message.message) return h("p", { class: "quiet" }, typeName(type));
  return null;
}

/** @param {{message: Message, onJump: ((id: string) => void) | undefined}} props */
function Quote({ message, onJump }) {
  return h(
    "button",
    { type: "button", class: "quote", disabled: !onJump, onClick: () => onJump?.(message.id) },
    h("bdi", null, message.message ?? typeName(message.message_type)),
  );
}

/** @param {{message: Message}} props */
function History({ message }) {
  const [isOpen, setOpen] = useState(false);
  return h(
    "span",
    { class: "history" },
    h(
      "button",
      {
        type: "button",
        class: "link small",
        "aria-expanded": String(isOpen),
        onClick: () => setOpen(!isOpen),
      },
      t("message.edited"),
    ),
    isOpen &&
      h(
        "span",
        { class: "earlier" },
        message.history.map((each) =>
          h(
            "span",
            { key: each.until, dir: "auto" },
            `${clockTime(each.until, language.value)} · ${each.message ?? "–"}`,
          ),
        ),
      ),
  );
}

/** What a person must decide about an answer. @param {{message: Message}} props */
function Decisions({ message }) {
  if (message.deleted_at !== null || message.direction !== "outbound") return null;
  /** @param {string} verb */
  const decide = (verb) => () =>
    void attempt(() => takeAnswer(post(`/messages/${message.id}/${verb}`)));
  if (message.delivery_state === "uncertain") {
    return h(
      "div",
      { class: "decisions" },
      h("p", { class: "small" }, t("uncertain.help")),
      h(
        "button",
        { type: "button", class: "button", onClick: decide("resend") },
        t("uncertain.again"),
      ),
      h(
        "button",
        { type: "button", class: "button", onClick: decide("settle") },
        t("uncertain.arrived"),
      ),
    );
  }
  if (message.delivery_state === "held" && message.delivery_error) {
    const discard = () => void attempt(() => takeAnswer(remove(`/messages/${message.id}`)));
    return h(
      "div",
      { class: "decisions" },
      h("p", { class: "small" }, message.delivery_error),
      h("button", { type: "button", class: "button", onClick: decide("resend") }, t("held.send")),
      h("button", { type: "button", class: "button", onClick: discard }, t("held.discard")),
    );
  }
  if (message.delivery_state === "failed" && message.delivery_error) {
    return h("p", { class: "small is-bad" }, message.delivery_error);
  }
  return null;
}

/** @param {{message: Message}} props */
function ReactionChips({ message }) {
  const given = [message.reactions?.customer, message.reactions?.staff].filter(Boolean);
  if (given.length === 0) return null;
  return h(
    "p",
    { class: "reactions" },
    given.map((emoji, i) =>
      h(
        "span",
        { key: i, role: "img", "aria-label": t("message.reaction", { emoji: emoji ?? "" }) },
        emoji,
      ),
    ),
  );
}

/** @param {{message: Message, channel: string, kind: string, isMine: boolean, actions: BubbleActions}} props */
function Actions({ message, channel, kind, isMine, actions }) {
  const isNote = kind === "note";
  const isOut = isMine && kind === "out";
  const withdraw = () => void attempt(() => takeAnswer(remove(`/messages/${message.id}`)));
  const react = (/** @type {string | null} */ emoji) =>
    void attempt(() => takeAnswer(put(`/messages/${message.id}/reaction`, { emoji })));
  const items = [
    !isNote && { text: t("message.reply"), run: () => actions.onReply(message) },
    message.message !== null && {
      text: t("message.copy"),
      run: () => void navigator.clipboard?.writeText(message.message ?? ""),
    },
    ...(kind === "in" && isAble(channel, "can_react")
      ? EMOJIS.map((emoji) => ({ text: t("message.react", { emoji }), run: () => react(emoji) }))
      : []),
    message.reactions?.staff && { text: t("message.unreact"), run: () => react(null) },
    ((isOut && isAble(channel, "can_edit")) || (isMine && isNote)) &&
      message.message_type === "TEXT" && {
        text: t("message.edit"),
        run: () => actions.onEdit(message),
      },
    ((isOut && isAble(channel, "can_delete")) || (isMine && isNote)) && {
      text: t("message.delete"),
      run: withdraw,
      isDangerous: true,
    },
  ].filter((each) => each !== false && each !== null && each !== "" && each !== undefined);
  if (items.length === 0) return null;
  return h(Menu, { label: t("message.actions"), items, kind: "bubble-menu" });
}
