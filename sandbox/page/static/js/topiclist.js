// The staff group's list of topics.

import { shortMoment } from "./dates.js";
import { describe, kindIcon, service } from "./describe.js";
import { el, icon, reconcile } from "./dom.js";
import { isAnonymous, nameOf, senderOf } from "./people.js";

const GENERAL = "var(--general)";

/** Return the mark of a topic: its icon, or its letter on its colour. */
export function topicMark({ thread, name, color, icon: emoji }) {
  const letter = [...name].find((char) => /[\p{L}\p{N}]/u.test(char)) ?? "•";
  const shade = color === undefined ? GENERAL : `#${color.toString(16).padStart(6, "0")}`;
  return el("span", {
    class: "topic-mark",
    "aria-hidden": "true",
    style: { "--topic": shade },
    text: thread ? emoji || letter.toUpperCase() : "#",
  });
}

export class TopicList {
  constructor(choose) {
    this.choose = choose;
    this.list = el("div", { class: "topics-list" });
    this.element = el("nav", { class: "topics", "aria-label": "Topics" }, this.list);
  }

  draw(topics, chosen) {
    reconcile(
      this.list,
      topics.map((topic) => this.#row(topic, topic.thread === chosen)),
    );
  }

  #row(topic, current) {
    const { name, color, icon: emoji, closed, unread, last } = topic;
    const signature = [
      name,
      color,
      emoji,
      closed,
      unread,
      current,
      last && [last.message_id, last.edit_date, describe(last), shortMoment(last.date)],
    ].join();
    return { key: topic.thread, signature, build: () => this.#button(topic, current) };
  }

  #button(topic, current) {
    const label = `${topic.name}${topic.closed ? ", closed" : ""}${topic.unread ? `, ${topic.unread} unread` : ""}`;
    return el(
      "button",
      {
        type: "button",
        class: topic.closed ? "topic closed" : "topic",
        "aria-current": current ? "true" : null,
        "aria-label": label,
        "data-focus": "topic",
        on: { click: () => this.choose(topic.thread) },
      },
      topicMark(topic),
      el("span", { class: "topic-name" }, el("b", { text: topic.name }), topic.closed ? icon("lock") : null),
      el("span", { class: "topic-time", text: topic.last ? shortMoment(topic.last.date) : "" }),
      preview(topic.last),
      topic.unread ? el("span", { class: "badge", text: String(topic.unread) }) : null,
    );
  }
}

function preview(message) {
  if (!message) return el("span", { class: "topic-preview", text: "No messages yet" });
  const kind = kindIcon(message);
  // The bot's messages here are copies of a customer's; the topic's name says whose.
  const isPerson = !message.from?.is_bot || isAnonymous(message);
  const sender = isPerson && !service(message) ? nameOf(senderOf(message)) : null;
  return el(
    "span",
    { class: "topic-preview" },
    sender ? el("span", { class: "who", text: `${sender}: ` }) : null,
    kind ? icon(kind) : null,
    describe(message),
  );
}
