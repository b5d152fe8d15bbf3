/** What was said with a customer on all channels, in one order. It is read here, and answered there. */

import { h, useEffect, useRef, useState } from "../vendor/preact.js";
import { language } from "../i18n/words.js";
import { now } from "../browser/clock.js";
import { useEvents } from "../live/listeners.js";
import { channelLabel } from "../server/abilities.js";
import { get, query } from "../server/http.js";
import { toProblem } from "../server/problem.js";
import { Failure } from "../shell/problems.js";
import { linkTo } from "../shell/route.js";
import { Skeleton } from "../shell/skeleton.js";
import { dayName, isSameDay } from "../text/time.js";
import { Bubble } from "../thread/bubble.js";
import { ScrollArea, useAnchor } from "../thread/scrolling.js";
import { compareMessages } from "../thread/timeline.js";
import { t } from "./words.js";

/** @import { Problem } from "../server/problem.js" */
/** @import { Contact, Message, Page } from "../../types.d.ts" */

const PAGE = 50;
const CHANGES = ["message.new", "message.edited", "message.deleted", "message.reaction"];

/** @param {{id: string}} props */
export function ClientTimeline({ id }) {
  const [contacts, setContacts] = useState(/** @type {Contact[]} */ ([]));
  const [messages, setMessages] = useState(/** @type {Message[] | null} */ (null));
  const [problem, setProblem] = useState(/** @type {Problem | null} */ (null));
  const older = useRef(/** @type {string | null} */ (null));
  const channels = new Map(contacts.map((each) => [each.conversation_id, each.channel_id]));

  /** @param {string | null} cursor */
  async function load(cursor) {
    try {
      /** @type {Page<Message>} */
      const page = await get(`/clients/${id}/messages${query({ limit: PAGE, cursor })}`);
      setMessages((before) => {
        const byId = new Map((before ?? []).map((each) => [each.id, each]));
        for (const each of page.items) byId.set(each.id, each);
        return [...byId.values()].toSorted(compareMessages);
      });
      setProblem(null);
      return page.next;
    } catch (error) {
      setProblem(toProblem(error));
      return cursor;
    }
  }
  useEffect(() => {
    // Without it, the lines between channels only say that it is another one.
    get(`/clients/${id}`).then(
      (/** @type {any} */ client) => setContacts(client.contacts),
      () => {},
    );
  }, [id]);
  const loadNewest = () => void load(null).then((next) => (older.current ??= next));
  useEffect(loadNewest, [id]);
  useEvents(CHANGES, ({ type, session }) => {
    if (type === "resync" || session?.client.id === id) loadNewest();
  });

  function loadOlder() {
    const cursor = older.current;
    if (cursor === null) return;
    older.current = null;
    void load(cursor).then((next) => (older.current = next));
  }
  const anchor = useAnchor({ id, isReady: messages !== null, content: messages, onTop: loadOlder });

  if (problem && messages === null) return h(Failure, { problem, onRetry: () => void load(null) });
  if (messages === null) return h(Skeleton, { lines: 6, kind: "bubble" });
  const byId = new Map(messages.map((each) => [each.id, each]));
  return h(
    ScrollArea,
    { anchor, label: t("timeline.title") },
    messages.flatMap((message, i) => {
      const before = messages[i - 1];
      const isElsewhere = before?.conversation_id !== message.conversation_id;
      const isNewDay = !before || !isSameDay(before.created_at, message.created_at);
      return [
        isNewDay &&
          h(
            "p",
            { key: `day-${message.id}`, class: "day-line" },
            h("span", null, dayName(message.created_at, language.value, now.value)),
          ),
        isElsewhere &&
          h(
            "p",
            { key: `place-${message.id}`, class: "event-line" },
            h(
              "a",
              {
                href: linkTo({
                  page: "inbox",
                  view: "all",
                  conversation: message.conversation_id,
                  message: message.id,
                }),
              },
              channelLabel(channels.get(message.conversation_id) ?? "") ??
                t("client.other_channel"),
            ),
          ),
        h(Bubble, {
          key: message.id,
          message,
          isFirst: isElsewhere || isNewDay || before?.author_name !== message.author_name,
          channel: "",
          answered: byId.get(message.reply_to_id ?? ""),
          actions: null,
        }),
      ];
    }),
  );
}
