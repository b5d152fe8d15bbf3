// The topics of a private chat, side by side: a bot in topic mode has them.

import { el, reconcile } from "./dom.js";
import { topicMark } from "./topiclist.js";

export class TopicStrip {
  constructor(choose) {
    this.choose = choose;
    this.element = el("nav", { class: "topic-strip rail-list", "aria-label": "Topics of this chat" });
  }

  /** Draw the topics, "All messages" first; hide the strip if the chat has none. */
  draw(topics, chosen) {
    this.element.hidden = !topics.length;
    reconcile(
      this.element,
      topics.map((topic) => this.#tab(topic, topic.thread === chosen)),
    );
  }

  #tab(topic, current) {
    const signature = [topic.name, topic.color, topic.icon, topic.unread, current].join();
    return { key: topic.thread, signature, build: () => this.#button(topic, current) };
  }

  #button(topic, current) {
    const label = topic.unread ? `${topic.name}, ${topic.unread} unread` : topic.name;
    return el(
      "button",
      {
        type: "button",
        class: "topic-tab",
        "aria-current": current ? "true" : null,
        "aria-label": label,
        "data-focus": "topic",
        on: { click: () => this.choose(topic.thread) },
      },
      topicMark(topic),
      el("span", { text: topic.name }),
      topic.unread ? el("span", { class: "badge", text: String(topic.unread) }) : null,
    );
  }
}
