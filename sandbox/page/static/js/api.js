// The sandbox's control API. Every call returns the answer or throws an Error with the sandbox's reason.

/** Make one call of the control API. */
export async function call(method, path, body) {
  const response = await fetch(`/control/${path}`, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `The sandbox answered ${response.status}`);
  return answer;
}

// A user's private chats with all bots have the same id, so the bot's id is needed as well.
const inChat = (chat, bot) => (chat > 0 && bot ? `?bot=${bot}` : "");
const pathOf = ({ chat, message_id: id }, bot, part = "") =>
  `messages/${chat.id}/${id}${part}${inChat(chat.id, bot)}`;

export const readState = () => call("GET", "state");
export const readMessages = (chat, bot) => call("GET", `chats/${chat}/messages${inChat(chat, bot)}`);
export const addUser = (user) => call("POST", "users", user);
export const changeUser = (id, change) => call("POST", `users/${id}`, change);
export const openMiniApp = (user, bot) => call("POST", `users/${user}/mini-app`, { bot });
export const setMember = (chat, member) => call("POST", `groups/${chat}/members`, member);
export const send = (message) => call("POST", "messages", message);
export const edit = (message, bot, change) => call("PATCH", pathOf(message, bot), change);
export const remove = (message, bot) => call("DELETE", pathOf(message, bot), {});
export const react = (message, bot, reaction) => call("POST", pathOf(message, bot, "/reaction"), reaction);
export const press = (message, bot, button) => call("POST", pathOf(message, bot, "/press"), button);
export const readCallback = (id) => call("GET", `callbacks/${encodeURIComponent(id)}`);
export const closeTopic = (chat, thread, closed) => call("POST", `topics/${chat}/${thread}`, { closed });
export const deleteTopic = (chat, thread, bot) =>
  call("DELETE", `topics/${chat}/${thread}${inChat(chat, bot)}`);

/** Return the address of a file's bytes; an address stays as it is. */
export const fileUrl = (fileId) =>
  fileId.startsWith("/") ? fileId : `/control/files/${encodeURIComponent(fileId)}`;
