// The staff group: its topics, the open topic, and the agent who writes there.

import { telegramActs } from "./acts.js";
import * as api from "./api.js";
import { AgentBar } from "./agentbar.js";
import { Conversation } from "./conversation.js";
import { askPerson, confirmBox } from "./dialogs.js";
import { el, icon, iconButton, reconcile } from "./dom.js";
import { openMenu } from "./menu.js";
import { complain } from "./notices.js";
import { avatar, isAnonymous, nameOf } from "./people.js";
import { PinnedCard } from "./pinned.js";
import { markSeen } from "./seen.js";
import { agents, groupsOf, headcount, topics } from "./select.js";
import { TopicList, topicMark } from "./topiclist.js";

export class GroupPane {
  #group = null;
  #thread = 0;

  constructor(store, element) {
    this.store = store;
    this.element = element;
    this.header = el("header", { class: "group-header" });
    this.list = new TopicList((thread) => this.choose(thread));
    this.title = el("header", { class: "topic-header" });
    this.acts = telegramActs(store);
    this.talk = new Conversation({ empty: "No messages here yet", named: true });
    this.pinned = new PinnedCard(this.talk, () => store.tell());
    this.bar = new AgentBar({ changed: () => store.tell(), add: () => this.#addAgent() });
    this.talk.element.prepend(this.title, this.pinned.element);
    this.talk.composer.element.before(this.bar.element);
    this.none = el("p", {
      class: "nothing",
      text: "No group yet. The staff group appears here when it exists.",
    });
    this.body = el("div", { class: "group-body" }, this.list.element, this.talk.element);
    element.append(this.header, this.none, this.body);
  }

  /** Open a topic; 0 is General. */
  choose(thread) {
    this.#thread = thread;
    this.element.classList.add("reading");
    this.store.tell();
    this.talk.composer.box.focus({ preventScroll: true });
  }

  /** Draw; return the number of unread messages in all topics. */
  draw(visible) {
    const groups = groupsOf(this.store);
    const group = groups.find((one) => one.id === this.#group) ?? groups[0];
    this.none.hidden = !!group;
    this.body.hidden = !group;
    if (!group) return 0;
    const all = topics(this.store, group);
    const topic = all.find((one) => one.thread === this.#thread) ?? all[0];
    this.#drawHead(group, groups);
    this.element.classList.toggle("flat", !group.is_forum);
    this.#drawTopic(group, topic, visible);
    this.list.draw(all, topic.thread);
    return all.reduce((sum, one) => sum + one.unread, 0);
  }

  #drawHead(group, groups) {
    const signature = [group.id, group.title, headcount(group), ...groups.map((one) => one.title)].join();
    reconcile(this.header, [{ key: "head", signature, build: () => this.#head(group, groups) }]);
  }

  #head(group, groups) {
    const choice = el(
      "select",
      {
        "aria-label": "Which group",
        "data-focus": "group",
        on: { change: () => ((this.#group = Number(choice.value)), this.store.tell()) },
      },
      groups.map((one) => el("option", { value: one.id, text: one.title })),
    );
    choice.value = String(group.id);
    const lines = el(
      "div",
      { class: "title-lines" },
      el("h2", { text: group.title }),
      el("span", { text: `Staff group · ${headcount(group)} members` }),
    );
    return el(
      "div",
      { class: "title-bar" },
      avatar(group, "square"),
      lines,
      groups.length > 1 ? choice : null,
    );
  }

  #drawTopic(group, topic, visible) {
    const agent = this.bar.draw(agents(this.store, group));
    const anonymous = this.bar.anonymous;
    const reading = visible && this.talk.element.offsetParent !== null;
    if (reading && markSeen(topic.place, topic.messages)) this.store.tell();
    const signature = [topic.thread, topic.name, topic.closed, topic.color].join();
    reconcile(this.title, [{ key: topic.place, signature, build: () => this.#topicTitle(group, topic) }]);
    const isOwn = (message) => (isAnonymous(message) ? anonymous : message.from?.id === agent?.id);
    const placeholder = anonymous ? `Write as ${group.title}` : `Write as ${agent ? nameOf(agent) : "…"}`;
    const seat = {
      place: topic.place,
      chat: group.id,
      thread: topic.thread,
      from: agent?.id,
      anonymous,
      isOwn,
      mayDelete: () => true,
      placeholder,
      acts: this.acts,
    };
    this.talk.show(seat, topic.messages, this.store.isTyping(group.id, topic.thread));
    this.pinned.draw(topic.place, topic.pinned);
  }

  #topicTitle(group, topic) {
    const back = iconButton("back", "Back to the topics", () => this.element.classList.remove("reading"), {
      class: "icon-button back",
    });
    const more = iconButton("more", "Topic menu", (event) => this.#menu(group, topic, event.currentTarget), {
      "aria-haspopup": "menu",
      "data-focus": "menu",
    });
    const state = topic.thread ? (topic.closed ? "Closed topic" : "Topic") : "Topic for everyone";
    const lines = el(
      "div",
      { class: "title-lines" },
      el("h3", { text: topic.name }),
      el("span", {}, topic.closed ? icon("lock") : null, state),
    );
    return el("div", { class: "title-bar" }, back, topicMark(topic), lines, topic.thread ? more : null);
  }

  #menu(group, topic, anchor) {
    const { thread, closed, name } = topic;
    const remove = () => this.#attempt(() => api.deleteTopic(group.id, thread));
    openMenu(anchor, [
      {
        label: closed ? "Reopen the topic" : "Close the topic",
        icon: "lock",
        run: () => this.#attempt(() => api.closeTopic(group.id, thread, !closed)),
      },
      {
        label: "Delete the topic",
        icon: "trash",
        danger: true,
        run: () => confirmBox(`Delete “${name}” and all its messages?`, "Delete", remove),
      },
    ]);
  }

  #addAgent() {
    const group = this.talk.seat.chat;
    askPerson("New member of staff", this.store.world.users, async (person) => {
      const user = await api.addUser(person);
      await api.setMember(group, { user_id: user.id, status: "administrator" });
      await this.store.load();
      this.bar.choose(user.id);
    });
  }

  async #attempt(act) {
    try {
      await act();
      await this.store.load();
    } catch (error) {
      complain(this.talk.element, error);
    }
  }
}
