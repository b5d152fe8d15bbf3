/** The page: once somebody is logged in, open the stream, then load what the screen shows. */

// First: it and what it imports run while the rest is on its way.
import { takeEarlyPage } from "./early.js";
import { effect, h, render, untracked } from "./vendor/preact.js";
import { getToken, me, phase, refresh } from "./account/log_in.js";
import { syncPreferences } from "./account/preferences_sync.js";
import { countInTitle, playSound, showNotification } from "./browser/alerts.js";
import { followTheme } from "./browser/preferences.js";
import { followViewport } from "./browser/viewport.js";
import { takeClientChange } from "./client/changes.js";
import { forgetCannedReplies } from "./composer/canned_replies.js";
import { listDrafts } from "./composer/drafts.js";
import { startOutbox } from "./composer/outbox.js";
import { hasWords, language } from "./i18n/words.js";
import {
  countRows,
  forgetInbox,
  recordEvent,
  reloadLists,
  retryLists,
  showEarly,
} from "./inbox/store.js";
import { loadMentionCount, takeMention } from "./inbox/mentions.js";
import { loadAbilities } from "./server/abilities.js";
import { tellListeners } from "./live/listeners.js";
import { forgetNames, takeName } from "./live/names.js";
import { givesAlerts, isLookedAt, openSharedStream } from "./live/shared_stream.js";
import { goTo } from "./shell/route.js";
import { typeName } from "./text/labels.js";
import { App } from "./shell/app.js";
import { loadWhenIdle, loadWords } from "./shell/later_page.js";
import { isMiniApp } from "./telegram/bridge.js";
import { startMiniApp } from "./telegram/start.js";
import { takePresence } from "./thread/presence.js";
import { takeSuggestion } from "./thread/suggestions.js";
import {
  forgetThreads,
  recordThreadEvent,
  reloadThreads,
  retryThreads,
  takeAnswer,
} from "./thread/store.js";

/** @import { LiveEvent, Message, Session } from "../types.d.ts" */

let user = "";

/** @param {LiveEvent} event */
function take(event) {
  recordEvent(event);
  recordThreadEvent(event);
  takePresence(event);
  takeSuggestion(event);
  takeClientChange(event);
  takeMention(event);
  takeName(event);
  tellListeners(event);
  const { type, message, session } = event;
  if (type === "channel.changed") void loadAbilities();
  if (type === "canned_reply.changed") forgetCannedReplies();
  const concernsMe = session?.waiting || session?.agent?.id === me.peek()?.agent_id;
  if (type === "message.new" && message?.direction === "inbound" && concernsMe)
    announce(message, session);
  const before = me.peek();
  if (before && event.agent?.id === before.agent_id) {
    const { status, name } = event.agent;
    if (type === "agent.status" && status) me.value = { ...before, status };
    if (type === "agent.changed" && name) me.value = { ...before, name };
  }
}

/** @param {Message} message @param {Session | undefined} session */
function announce(message, session) {
  if (!givesAlerts()) return;
  playSound();
  const conversation = message.conversation_id;
  if (isLookedAt()) return;
  showNotification({
    tag: conversation,
    title: session?.client.name ?? "OsmoDesk",
    body: message.message ?? typeName(message.message_type),
    onOpen: () => goTo({ page: "inbox", conversation, showsClient: false }),
  });
}

/** Events before the first `ready` are kept by the stores: the lists are read after it. */
function begin() {
  const id = me.peek()?.id ?? "";
  if (user !== id) {
    forgetInbox();
    forgetThreads();
    user = id;
  }
  void takeEarlyPage(showEarly);
  listDrafts(id);
  startOutbox(id, takeAnswer);
  let hasLoaded = false;
  return openSharedStream(id, {
    token: getToken,
    refresh,
    onEvent: take,
    onReady() {
      if (hasLoaded) {
        retryLists();
        retryThreads();
        return;
      }
      hasLoaded = true;
      void loadAbilities();
      void loadMentionCount();
      void reloadLists().then(() => loadWhenIdle("extras"));
      reloadThreads();
    },
    onResync() {
      hasLoaded = false;
      forgetNames();
      tellListeners({ type: "resync", at: "" });
    },
  });
}

followTheme();
followViewport();
if (isMiniApp) startMiniApp();
effect(() => {
  document.documentElement.lang = language.value;
  loadWords(language.value)
    .catch(() => {}) // they are English, then
    .finally(() => (hasWords.value = true));
});
effect(() => (phase.value === "in" ? untracked(begin) : undefined));
effect(() => (phase.value === "in" ? untracked(syncPreferences) : undefined));
countInTitle(() => (phase.value === "in" ? countRows("unread") : 0));

const root = document.getElementById("app");
if (root) render(h(App, null), root);
