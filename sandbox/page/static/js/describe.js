// Describes a message in a few words, for previews, quotes and service lines.

import { nameOf } from "./people.js";

const KINDS = {
  photo: "Photo",
  video: "Video",
  animation: "GIF",
  voice: "Voice message",
  video_note: "Video message",
  location: "Location",
  dice: "Dice",
};

/** Return the text of a message, or a description of its content. */
export function describe(message) {
  const text = message.text ?? message.caption;
  if (text) return text.replace(/\s+/gu, " ");
  if (message.sticker) return `${message.sticker.emoji ?? ""} Sticker`.trim();
  if (message.document && !message.animation) return message.document.file_name ?? "File";
  if (message.audio) return message.audio.title ?? message.audio.file_name ?? "Audio";
  if (message.venue) return message.venue.title;
  if (message.contact) return `Contact: ${nameOf(message.contact)}`;
  if (message.poll) return `Poll: ${message.poll.question}`;
  const kind = Object.keys(KINDS).find((name) => message[name]);
  return kind ? KINDS[kind] : (service(message) ?? "Message");
}

/** Return an emoji for a message's kind, for a preview. */
export function kindIcon(message) {
  if (message.photo) return "photo";
  if (message.video || message.video_note || message.animation) return "video";
  if (message.voice) return "mic";
  if (message.audio) return "music";
  if (message.document) return "file";
  if (message.location) return "place";
  if (message.contact) return "person";
  return message.sticker ? "sticker" : null;
}

/** Return the line of a service message; null for other messages. */
export function service(message) {
  const who = nameOf(message.from);
  const people = (users) => users.map(nameOf).join(", ");
  if (message.forum_topic_created) return `${who} opened the topic “${message.forum_topic_created.name}”`;
  if (message.forum_topic_closed) return `${who} closed the topic`;
  if (message.forum_topic_reopened) return `${who} reopened the topic`;
  if (message.forum_topic_edited) return edited(who, message.forum_topic_edited);
  if (message.general_forum_topic_hidden) return `${who} hid the General topic`;
  if (message.general_forum_topic_unhidden) return `${who} showed the General topic`;
  if (message.pinned_message) return `${who} pinned “${short(message.pinned_message)}”`;
  if (message.new_chat_members) return joined(who, message);
  if (message.left_chat_member) return `${nameOf(message.left_chat_member)} left the group`;
  if (message.new_chat_title) return `${who} renamed the group to “${message.new_chat_title}”`;
  if (message.migrate_to_chat_id) return "The group was upgraded to a supergroup";
  if (message.migrate_from_chat_id) return "The group became a supergroup";
  if (message.group_chat_created || message.supergroup_chat_created) return `${who} created the group`;
  return null;

  function joined(actor, { new_chat_members: users, from }) {
    return users.length === 1 && users[0].id === from?.id
      ? `${actor} joined the group`
      : `${actor} added ${people(users)}`;
  }
}

const edited = (who, { name }) =>
  name ? `${who} renamed the topic to “${name}”` : `${who} changed the topic's icon`;

function short(message) {
  const text = describe(message);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
