import { WORDS, translatePage } from "./words.js";

// The token is in the fragment of the link: no server and no log sees it before it is used.
const token = location.hash.slice(1);
const form = document.getElementById("form");
const message = document.getElementById("message");
history.replaceState(null, "", location.pathname);
translatePage();
if (!token) showMessage(WORDS.no_link, true);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const password = document.getElementById("password").value;
  if (password !== document.getElementById("again").value) return showMessage(WORDS.different);
  form.querySelector("button").disabled = true;
  try {
    await setPassword(password);
  } catch {
    showMessage(WORDS.no_server);
  } finally {
    form.querySelector("button").disabled = false;
  }
});

async function setPassword(password) {
  const reply = await fetch("/api/v1/auth/reset", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token, password }),
  });
  if (reply.ok) {
    showMessage(WORDS.done, true);
    document.getElementById("log-in").hidden = false;
    return;
  }
  const problem = await reply.json();
  const errors = (problem.errors ?? []).map((each) => WORDS[each.code] ?? each.message);
  showMessage(errors.join("\n") || problem.detail || problem.title);
}

function showMessage(text, done = false) {
  message.textContent = text;
  form.hidden = done;
}
