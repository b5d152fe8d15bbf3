// The token is in the fragment of the link: no server and no log sees it before it is used.
const token = location.hash.slice(1);
const form = document.getElementById("form");
const message = document.getElementById("message");
history.replaceState(null, "", location.pathname);
if (!token) showMessage("This page needs a one-time link. Ask an administrator for one.", true);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const password = document.getElementById("password").value;
  if (password !== document.getElementById("again").value) return showMessage("The passwords do not match.");
  form.querySelector("button").disabled = true;
  try {
    await setPassword(password);
  } catch {
    showMessage("The server cannot be reached, so the password was not changed. Try again.");
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
  if (reply.ok) return showMessage("The password is set. You can now log in with it.", true);
  const problem = await reply.json();
  const errors = (problem.errors ?? []).map((each) => `${each.field}: ${each.message}`);
  showMessage(errors.join("\n") || problem.detail || problem.title);
}

function showMessage(text, done = false) {
  message.textContent = text;
  form.hidden = done;
}
