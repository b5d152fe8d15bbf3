// The sandbox's control API. Every call gives the answer or throws an Error with the sandbox's reason.

async function call(method, path, body) {
  const response = await fetch(`/control/${path}`, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `The sandbox answered ${response.status}`);
  return answer;
}

export const readState = () => call("GET", "state");
export const readMessages = (chat) => call("GET", `chats/${chat}/messages`);
export const addUser = (user) => call("POST", "users", user);
export const changeUser = (id, change) => call("POST", `users/${id}`, change);
export const setMember = (chat, member) => call("POST", `groups/${chat}/members`, member);
export const send = (message) => call("POST", "messages", message);
export const edit = (chat, id, change) => call("PATCH", `messages/${chat}/${id}`, change);
export const remove = (chat, id) => call("DELETE", `messages/${chat}/${id}`, {});
export const react = (chat, id, reaction) => call("POST", `messages/${chat}/${id}/reaction`, reaction);
export const press = (chat, id, button) => call("POST", `messages/${chat}/${id}/press`, button);
export const readCallback = (id) => call("GET", `callbacks/${encodeURIComponent(id)}`);
export const closeTopic = (chat, thread, closed) => call("POST", `topics/${chat}/${thread}`, { closed });
export const deleteTopic = (chat, thread) => call("DELETE", `topics/${chat}/${thread}`);

/** The address of a file's bytes. */
export const fileUrl = (fileId) => `/control/files/${encodeURIComponent(fileId)}`;
