/** Where an answer or a note is written. A note looks different in colour, word and button. */

import { h, useLayoutEffect, useRef, useState } from "../vendor/preact.js";
import { me } from "../account/log_in.js";
import { now } from "../browser/clock.js";
import { t } from "../i18n/words.js";
import { patch } from "../server/http.js";
import { FormatPreview, MacroStrip, TemplatePicker } from "../shell/extras.js";
import { attempt } from "../shell/notices.js";
import { useShortcuts } from "../shell/shortcuts.js";
import { typeName } from "../text/labels.js";
import { windowState } from "../text/time.js";
import { feel } from "../telegram/haptics.js";
import { noteComposing } from "../thread/presence.js";
import { runActions } from "../thread/session_actions.js";
import { takeAnswer } from "../thread/store.js";
import { SuggestionCard, useSuggestion } from "../thread/suggestion_card.js";
import { dropSuggestion, hideSuggestion } from "../thread/suggestions.js";
import { route } from "../shell/route.js";
import { neighbour, selected } from "../inbox/selection.js";
import { chosenMacro, fillIn, isMacro } from "./canned_replies.js";
import { ClosedWindow } from "./closed_window.js";
import { parseCommand, runCommand } from "./commands.js";
import { dropDraft, keepDraft, putBack, putBackIntoDraft, readDraft } from "./drafts.js";
import { Modes, Strip, Warnings } from "./above_field.js";
import { AttachButton, FileList, useFiles } from "./files.js";
import { isTouch, takeFocus } from "./focus.js";
import { formatIn, formatOfKey, listFormats, parseMarks, typeOver, writeMarks } from "./marks.js";
import { submit } from "./outbox.js";
import { SendButton } from "./send_button.js";
import { SlashMenu, useSlashMenu } from "./slash_menu.js";
import { showTyping } from "./typing.js";
import { WritingTools } from "./writing_tools.js";

/** @import { CannedReply, Entity, Message, SessionDetail, Suggestion } from "../../types.d.ts" */
/** @import { Row } from "../inbox/rows.js" */
/** @import { Macro } from "../shell/extras.js" */
/** @import { Mode } from "./drafts.js" */
/** @import { Format } from "./marks.js" */

const NO_WORDS = { text: "", entities: [] };

/**
 * @param {object} props
 * @param {string} props.id @param {SessionDetail} props.session @param {Row | undefined} props.row
 * @param {string | undefined} props.newest the customer's newest message
 * @param {Message | null} props.replyTo @param {Message | null} props.edited @param {() => void} props.onDone
 */
export function Composer({ id, session, row, newest, replyTo, edited, onDone }) {
  const user = me.value?.id ?? "";
  const [mode, setMode] = useState(/** @type {Mode} */ ("reply"));
  const [text, setText] = useState(() => readDraft(user, id, "reply"));
  /** Marks are sent as they are. */
  const [isPlain, setPlain] = useState(false);
  const [asksTemplate, setAsksTemplate] = useState(false);
  const input = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  /** Where in the text was written last. */
  const caret = useRef(0);
  /** The draft of an AI agent whose words are being changed. */
  const [changed, setChanged] = useState(/** @type {Suggestion | null} */ (null));
  /** The canned reply whose actions are done with the next answer, or without one. */
  const [macro, setMacro] = useState(/** @type {Macro | null} */ (null));
  const { files, addFiles, removeFile, clearFiles, dropHandlers, isOver } = useFiles(id, mode);
  const isClosed = windowState(session.reply_until, now.value) === "closed";
  const isNote = mode === "note";
  const menu = useSlashMenu({
    text,
    session,
    isOff: isNote || edited !== null,
    isNote,
    caret: caret.current,
    onText: (found, at = found.length) => {
      write(found, at);
      requestAnimationFrame(() => input.current?.setSelectionRange(at, at));
    },
    onReply: chooseReply,
    onCommand: run,
  });
  const needsTemplate = isClosed && !isNote && edited === null;
  const formats = listFormats(isNote ? "telegram" : session.channel.kind);
  const written = isPlain ? { text: text.trim(), entities: [] } : parseMarks(text.trim());
  const { suggestion, isOutdated } = useSuggestion(session, newest);
  /** An empty field has the keys of the draft. */
  const hasDraftKeys =
    suggestion !== null && !text && !macro && !isNote && files.length === 0 && !edited && !replyTo;

  // Before the next key is pressed: after painting it would be lost, or act as a single key.
  useLayoutEffect(() => {
    setPlain(false);
    if (edited === null) return setText(readDraft(user, id, mode));
    const marked = writeMarks(edited.message ?? "", edited.entities);
    setText(marked);
    setPlain(parseMarks(marked).text !== edited.message);
    input.current?.focus();
    return undefined;
  }, [edited, putBack.value]);
  useLayoutEffect(() => {
    if (replyTo !== null) input.current?.focus();
  }, [replyTo]);
  useLayoutEffect(() => {
    const chosen = chosenMacro.value;
    chosenMacro.value = null;
    if (chosen !== null) void attempt(() => takeMacro(chosen));
  }, [chosenMacro.value]);
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
    setPlain(false);
    setText(readDraft(user, id, next));
    queueMicrotask(() => input.current?.focus());
  }

  /** @param {string} next @param {number} [at] */
  function write(next, at = next.length) {
    caret.current = at;
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

  /** @param {string} found the text of the reply, filled in @param {CannedReply} reply */
  function chooseReply(found, reply) {
    setMacro(isMacro(reply) ? reply : null);
    write(found);
  }

  /** Take what the palette chose; what stands in the field stays. @param {Macro} chosen */
  async function takeMacro(chosen) {
    if (!isClosed && chosen.text)
      putBackIntoDraft(user, id, "reply", await fillIn(chosen, session));
    if (edited !== null) onDone();
    switchTo("reply");
    setMacro(chosen);
  }

  /** Do what follows an answer without one. */
  async function runMacro() {
    if (macro === null || !(await runActions(session, macro.id))) return;
    setMacro(null);
    onDone();
    selectNext();
  }

  /** @param {string} command */
  function run(command) {
    if (!runCommand(command, session)) return;
    dropDraft(user, id, "reply");
    setText("");
  }

  function sendMarks() {
    setPlain(true);
    input.current?.focus();
  }

  /** @param {Format} wanted */
  function format(wanted) {
    setPlain(false);
    if (input.current) formatIn(input.current, wanted);
  }

  /** @param {Suggestion} given @param {string} words @param {Entity[]} entities */
  function sendSuggestion(given, words, entities) {
    const about = { conversation: id, session: session.id, mode, replyTo: null, file: null };
    submit({ ...about, text: words, entities, suggestion: given.id });
    hideSuggestion(given);
  }

  /** Send the words as they are; what the agent has begun to write stays. @param {Suggestion} given */
  function approveSuggestion(given) {
    sendSuggestion(given, given.text, []);
    feel("sent");
    selectNext();
  }

  /** @param {Suggestion} given */
  function changeSuggestion(given) {
    setChanged(given);
    write([readDraft(user, id, "reply"), given.text].filter(Boolean).join("\n"));
    input.current?.focus();
  }

  const dropSuggestionNow = () => {
    if (suggestion) void attempt(() => dropSuggestion(suggestion));
  };

  function finish() {
    feel("sent");
    dropDraft(user, id, mode);
    setText("");
    setPlain(false);
    setChanged(null);
    if (!isNote) setMacro(null);
    clearFiles();
    onDone();
    if (!isNote) selectNext();
  }

  function selectNext() {
    selected.value = neighbour(route.value.view, id) ?? id;
  }

  async function sendNow() {
    const { text: words, entities } = written;
    if (edited !== null) {
      if (!words) return;
      await attempt(async () => {
        await takeAnswer(patch(`/messages/${edited.id}`, written));
        onDone();
      });
      return;
    }
    if (macro !== null && !isNote && !words) {
      // A file alone is no answer that the rest could follow.
      if (files.length === 0) await runMacro();
      return;
    }
    if (!words && files.length === 0) return;
    if (!isNote && parseCommand(words) !== null) return run(words);
    const follows = isNote ? null : macro;
    const isDraft = changed !== null && changed.id === suggestion?.id && !isNote;
    if (isDraft && files.length === 0 && follows === null) {
      sendSuggestion(changed, words, entities);
      return finish();
    }
    const common = { conversation: id, session: session.id, mode, replyTo: replyTo?.id ?? null };
    // What follows an answer is done after its files.
    const hasCaption = files.length > 0 && follows === null;
    files.forEach((file, i) =>
      submit({ ...common, ...(i === 0 && hasCaption ? written : NO_WORDS), file }),
    );
    if (!hasCaption)
      submit({ ...common, ...written, file: null, ...(follows && { macro: follows.id }) });
    finish();
  }

  /** Act on the AI agent's draft; return whether the key was one of its keys. @param {string} key */
  function pressForDraft(key) {
    if (!hasDraftKeys || suggestion === null) return false;
    if (key === "Escape") dropSuggestionNow();
    else if (needsTemplate) return false;
    else if (key === "ArrowUp") changeSuggestion(suggestion);
    // What the customer has written since must be read first.
    else if (key === "Enter" && !isOutdated) approveSuggestion(suggestion);
    else return false;
    return true;
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (event.isComposing) return;
    if (menu.press(event)) return;
    const wanted = formatOfKey(event);
    if (wanted !== undefined) {
      event.preventDefault();
      if (formats.includes(wanted)) format(wanted);
      return;
    }
    if (!event.shiftKey && pressForDraft(event.key)) return event.preventDefault();
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
    r: () => {
      if (isNote) switchTo("reply");
      else if (needsTemplate) setAsksTemplate(true);
      else input.current?.focus();
    },
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
    suggestion !== null &&
      !isNote &&
      edited === null &&
      changed?.id !== suggestion.id &&
      h(SuggestionCard, {
        key: suggestion.id,
        suggestion,
        isOutdated,
        canSend: !isClosed,
        onSend: () => approveSuggestion(suggestion),
        onEdit: () => changeSuggestion(suggestion),
        onDrop: dropSuggestionNow,
      }),
    changed !== null &&
      changed.id === suggestion?.id &&
      h(Strip, {
        label: t("suggestion.changing"),
        words: changed.text,
        onClose: () => setChanged(null),
      }),
    macro !== null &&
      !isNote &&
      edited === null &&
      h(MacroStrip, {
        reply: macro,
        hasWords: written.text !== "",
        isClosed,
        onRun: () => void runMacro(),
        onClose: () => setMacro(null),
      }),
    h(
      "div",
      { class: "composer-bar" },
      edited === null && h(Modes, { mode, onChoose: switchTo }),
      !needsTemplate &&
        h(WritingTools, {
          formats,
          onFormat: format,
          onType: (words) => input.current && typeOver(input.current, words),
        }),
    ),
    written.entities.length > 0 &&
      !needsTemplate &&
      h(FormatPreview, { ...written, onClose: sendMarks }),
    menu.isOpen && h(SlashMenu, menu),
    h(FileList, { files, onRemove: removeFile }),
    needsTemplate
      ? h(ClosedWindow, { onTemplate: () => setAsksTemplate(true) })
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
            onInput: ({ currentTarget: { value, selectionStart } }) => write(value, selectionStart),
            onKeyDown: press,
            onPaste: (event) => {
              const pasted = [...(event.clipboardData?.files ?? [])];
              if (pasted.length === 0) return;
              event.preventDefault();
              addFiles(pasted);
            },
          }),
          h(SendButton, {
            isNote,
            isEdit: edited !== null,
            isDisabled: !text.trim() && (isNote || macro === null) === (files.length === 0),
            onSend: () => void sendNow(),
          }),
        ),
    asksTemplate &&
      h(TemplatePicker, {
        session,
        onClose: () => setAsksTemplate(false),
        onSent: () => {
          onDone();
          void runMacro();
        },
      }),
  );
}
