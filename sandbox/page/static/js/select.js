// Selects customers, staff and topics from the store. Pure functions.

import { service } from "./describe.js";
import { isAnonymous } from "./people.js";
import { threadOf } from "./store.js";
import { unread } from "./seen.js";

const GONE = new Set(["left", "kicked"]);

/** Return the ids of all people who are in one of the groups. */
const staffIds = (world) =>
  new Set(world.groups.flatMap((group) => members(group).map((member) => member.user.id)));

const members = (group) => (group.members ?? []).filter((member) => !GONE.has(member.status));

/** Return the people who only know the bot. */
export function customers({ world }) {
  const staff = staffIds(world);
  return world.users.filter((user) => !staff.has(user.id));
}

/** Return the people who are in a group; they can write to the bot in private too. */
export function staff({ world }) {
  const ids = staffIds(world);
  return world.users.filter((user) => ids.has(user.id));
}

/** Return the people who can write in this group. */
export const agents = ({ world }, group) => {
  const ids = new Set(members(group).map((member) => member.user.id));
  return world.users.filter((user) => ids.has(user.id));
};

/** Return the number of people and bots in this group. */
export const headcount = (group) => members(group).length;

/** Return the group's topics: General first, then by newest message. */
export function topics(store, group) {
  const messages = byThread(store.messages(group.id));
  const named = (group.topics ?? []).filter((topic) => !topic.deleted && topic.message_thread_id > 1);
  const inGroup = (topic) =>
    describeTopic(
      `group/${group.id}/${topic.message_thread_id}`,
      topic,
      messages.get(topic.message_thread_id) ?? [],
    );
  const all = named.map(inGroup);
  all.sort((a, b) => (b.last?.date ?? 0) - (a.last?.date ?? 0) || b.thread - a.thread);
  return [inGroup({ message_thread_id: 0, name: "General" }), ...all];
}

function byThread(messages) {
  const threads = new Map();
  for (const message of messages) {
    const thread = threadOf(message);
    if (!threads.has(thread)) threads.set(thread, []);
    threads.get(thread).push(message);
  }
  return threads;
}

/** Return the topics of a person's chat with the bot, "All messages" first; [] if it has none. */
export function privateTopics(store, user) {
  if (!store.user(store.bot)?.has_topics_enabled) return [];
  const chat = store.world.private.find((one) => one.bot_id === store.bot && one.chat_id === user.id);
  const living = (chat?.topics ?? []).filter((topic) => !topic.deleted);
  const root = `private/${store.bot}/${user.id}`;
  const messages = byThread(store.messages(user.id));
  const all = { ...privateChat(store, user), thread: 0, name: "All messages", unread: 0 };
  return [
    all,
    ...living.map((topic) =>
      describeTopic(`${root}/${topic.message_thread_id}`, topic, messages.get(topic.message_thread_id) ?? []),
    ),
  ];
}

function describeTopic(place, topic, messages) {
  return {
    thread: topic.message_thread_id,
    name: topic.name,
    color: topic.icon_color,
    icon: topic.icon,
    closed: !!topic.closed,
    place,
    messages,
    last: messages.findLast((message) => !service(message)) ?? messages.at(-1),
    pinned: messages.filter((message) => message._pinned).at(-1),
    unread: unread(
      place,
      messages,
      (message) => service(message) || !message.from?.is_bot || isAnonymous(message),
    ),
  };
}

/** Return the groups in use; an upgraded group is replaced by its supergroup. */
export const groupsOf = ({ world }) => world.groups.filter((group) => !group.migrated_to);

/** Return a person's private chat with the bot. */
export function privateChat(store, user) {
  const messages = store.messages(user.id);
  const place = `private/${store.bot}/${user.id}`;
  const room = store.world.private.find((one) => one.bot_id === store.bot && one.chat_id === user.id);
  return {
    bot: store.bot ?? undefined,
    menu: room?.menu,
    blocked: (user.blocked_bots ?? []).includes(store.bot),
    place,
    messages,
    unread: unread(place, messages, (message) => !message.from?.is_bot || service(message)),
  };
}
