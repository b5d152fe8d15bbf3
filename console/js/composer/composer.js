/** Where an answer or a note is written. A note looks different in colour, word and button. */

import { h, useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact.js";
import { me } from "../account/log_in.js";
import { now } from "../browser/clock.js";
import { t } from "../i18n/words.js";
import { lostSince } from "../live/stream.js";
import { patch, post } from "../server/http.js";
import { Icon } from "../shell/icons.js";
import { attempt } from "../shell/notices.js";
import { useShortcuts } from "../shell/shortcuts.js";
import { typeName } from "../text/labels.js";
import { windowState } from "../text/time.js";
import { feel } from "../telegram/haptics.js";
import { noteComposing } from "../thread/presence.js";
import { takeAnswer } from "../thread/store.js";
import { route } from "../shell/route.js";
import { neighbour, selected } from "../inbox/selection.js";
import { parseCommand, runCommand } from "./commands.js";
import { dropDraft, keepDraft, putBack, readDraft } from "./drafts.js";
import { FileList, useFiles } from "./files.js";
import { takeFocus } from "./focus.js";
import { submit } from "./outbox.js";
import { SlashMenu, useSlashMenu } from "./slash_menu.js";
import { TemplatePicker } from "./template_picker.js";

/** @import { Message, SessionDetail } from "../../types.d.ts" */
/** @import { Row } from "../inbox/rows.js" */
/** @import { Mode } from "./drafts.js" */

const STALE_MS = 60_000;
const TYPING_EVERY_MS = 4500;

/**
 * @param {object} props
 * @param {string} props.id @param {SessionDetail} props.session @param {Row | undefined} props.row
 * @param {Message | null} props.replyTo @param {Message | null} props.edited @param {() => void} props.onDone
 */
export function Composer({ id, session, row, replyTo, edited, onDone }) {
  const user = me.value?.id ?? "";
  const [mode, setMode] = useState(/** @type {Mode} */ ("reply"));
  const [text, setText] = useState(() => readDraft(user, id, "reply"));
  const [asksTemplate, setAsksTemplate] = useState(false);
  const input = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const { files, addFiles, removeFile, clearFiles, dropHandlers, isOver } = useFiles(mode);
  const isClosed = windowState(session.reply_until, now.value) === "closed";
  const isNote = mode === "note";
  const menu = useSlashMenu({
    text,
    session,
    isOff: isNote || edited !== null,
    onText: (found) => write(found),
    onCommand: run,
  });
  const needsTemplate = isClosed && !isNote && edited === null;

  useEffect(() => {
    if (edited === null) return setText(readDraft(user, id, mode));
    setText(edited.message ?? "");
    input.current?.focus();
    return undefined;
  }, [edited, putBack.value]);
  useEffect(() => {
    if (replyTo !== null) input.current?.focus();
  }, [replyTo]);
  useLayoutEffect(() => {
    if (takeFocus()) input.current?.focus();
  }, []);
  useLayoutEffect(() => {
    const { current } = input;
    if (!current) return;
    current.style.height = "auto";
    current.style.height = `${current.scrollHeight + 2}px`;
  }, [text, mode, needsTemplate]);

  /** @param {Mode} next */
  function switchTo(next) {
    setMode(next);
    setText(readDraft(user, id, next));
    queueMicrotask(() => input.current?.focus());
  }

  /** @param {string} next */
  function write(next) {
    if (edited === null && !isNote && next.startsWith("//")) {
      const words = next.slice(2).trimStart();
      dropDraft(user, id, "reply");
      keepDraft(user, id, "note", words);
      switchTo("note");
      return;
    }
    setText(next);
    if (edited === null) keepDraft(user, id, mode, next);
    if (next) noteComposing();
    const isAnswer = next !== "" && !isNote && !next.startsWith("/");
    if (isAnswer && session.status === "ACTIVE") showTyping(session.id);
  }

  /** @param {string} command */
  function run(command) {
    if (!runCommand(command, session)) return;
    dropDraft(user, id, "reply");
    setText("");
  }

  async function sendNow() {
    const words = text.trim();
    if (edited !== null) {
      if (!words) return;
      await attempt(async () => {
        await takeAnswer(patch(`/messages/${edited.id}`, { text: words }));
        onDone();
      });
      return;
    }
    if (!words && files.length === 0) return;
    if (!isNote && parseCommand(words) !== null) return run(words);
    const common = { conversation: id, session: session.id, mode, replyTo: replyTo?.id ?? null };
    if (files.length === 0) submit({ ...common, text: words, file: null });
    files.forEach((file, i) => submit({ ...common, text: i === 0 ? words : "", file }));
    feel("sent");
    dropDraft(user, id, mode);
    setText("");
    clearFiles();
    onDone();
    if (!isNote) selected.value = neighbour(route.value.view, id) ?? id;
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (event.isComposing) return;
    if (menu.press(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !isTouch()) {
      event.preventDefault();
      void sendNow();
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (edited !== null || replyTo !== null) onDone();
      else input.current?.blur();
    }
  }

  useShortcuts({
    r: () => (isNote ? switchTo("reply") : input.current?.focus()),
    "Alt+n": () => switchTo(isNote ? "reply" : "note"),
  });

  return h(
    "div",
    { class: `composer ${isNote ? "is-note" : ""} ${isOver ? "is-over" : ""}`, ...dropHandlers },
    h(Warnings, { row, session }),
    edited !== null &&
      h(Strip, { label: t("composer.editing"), words: edited.message ?? "", onClose: onDone }),
    replyTo !== null &&
      h(Strip, {
        label: t("composer.replying"),
        words: replyTo.message ?? typeName(replyTo.message_type),
        onClose: onDone,
      }),
    edited === null && h(Modes, { mode, onChoose: switchTo }),
    menu.isOpen && h(SlashMenu, menu),
    h(FileList, { files, onRemove: removeFile }),
    needsTemplate
      ? h(
          "div",
          { class: "closed-window" },
          h("p", null, t("window.closed_help")),
          h(
            "button",
            { type: "button", class: "button is-primary", onClick: () => setAsksTemplate(true) },
            h(Icon, { name: "template", size: 18 }),
            t("template.choose"),
          ),
        )
      : h(
          "div",
          { class: "composer-line" },
          edited === null && h(AttachButton, { onFiles: addFiles }),
          h("textarea", {
            ref: input,
            class: "composer-input",
            rows: 1,
            value: text,
            dir: "auto",
            "aria-label": isNote ? t("composer.note") : t("composer.reply"),
            placeholder: isNote ? t("composer.note_hint") : t("composer.reply_hint"),
            ...menu.inputAttributes,
            onInput: (event) => write(event.currentTarget.value),
            onKeyDown: press,
            onPaste: (event) => {
              const pasted = [...(event.clipboardData?.files ?? [])];
              if (pasted.length === 0) return;
              event.preventDefault();
              addFiles(pasted);
            },
          }),
          h(
            "button",
            {
              type: "button",
              class: "send",
              "aria-label":
                edited !== null
                  ? t("composer.save")
                  : isNote
                    ? t("composer.save_note")
                    : t("composer.send"),
              disabled: !text.trim() && files.length === 0,
              onClick: () => void sendNow(),
            },
            h(Icon, { name: isNote ? "note" : edited !== null ? "check" : "send" }),
          ),
        ),
    asksTemplate &&
      h(TemplatePicker, { session, onClose: () => setAsksTemplate(false), onSent: onDone }),
  );
}

const isTouch = () => matchMedia("(hover: none) and (pointer: coarse)").matches;

let lastTyping = 0;
/** @param {string} sessionId the customer sees it where the channel can show it */
function showTyping(sessionId) {
  if (Date.now() - lastTyping < TYPING_EVERY_MS) return;
  lastTyping = Date.now();
  post(`/sessions/${sessionId}/typing`).catch(() => {});
}

/** @param {{row: Row | undefined, session: SessionDetail}} props */
function Warnings({ row, session }) {
  const isStale = lostSince.value !== null && now.value - lostSince.value > STALE_MS;
  const texts = [
    isStale && t("composer.stale"),
    row?.unreachable && t("composer.unreachable", { reason: row.unreachable }),
    session.client.is_blocked && t("composer.blocked"),
    session.status === "ENDED" && t("composer.ended"),
  ].filter((each) => typeof each === "string");
  return texts.map((each) =>
    h("p", { key: each, class: "composer-warning", role: "status" }, each),
  );
}

/** @param {{mode: Mode, onChoose: (mode: Mode) => void}} props */
function Modes({ mode, onChoose }) {
  return h(
    "div",
    { class: "modes", role: "group", "aria-label": t("composer.mode") },
    /** @type {Mode[]} */ (["reply", "note"]).map((each) =>
      h(
        "button",
        {
          key: each,
          type: "button",
          class: `mode is-${each}`,
          "aria-pressed": String(mode === each),
          onClick: () => onChoose(each),
        },
        t(each === "reply" ? "composer.mode_reply" : "composer.mode_note"),
      ),
    ),
  );
}

/** @param {{label: string, words: string, onClose: () => void}} props */
function Strip({ label, words, onClose }) {
  return h(
    "div",
    { class: "strip" },
    h("span", { class: "strip-label" }, label),
    h("bdi", { class: "strip-words" }, words),
    h(
      "button",
      { type: "button", class: "icon-button", "aria-label": t("common.cancel"), onClick: onClose },
      h(Icon, { name: "close", size: 18 }),
    ),
  );
}

/** @param {{onFiles: (files: File[]) => void}} props */
function AttachButton({ onFiles }) {
  const picker = useRef(/** @type {HTMLInputElement | null} */ (null));
  return [
    h("input", {
      ref: picker,
      key: "picker",
      type: "file",
      multiple: true,
      hidden: true,
      onChange: (event) => {
        onFiles([...(event.currentTarget.files ?? [])]);
        event.currentTarget.value = "";
      },
    }),
    h(
      "button",
      {
        key: "button",
        type: "button",
        class: "icon-button",
        "aria-label": t("composer.attach"),
        onClick: () => picker.current?.click(),
      },
      h(Icon, { name: "attach" }),
    ),
  ];
}
