// The token stands behind the # of the link: no server and no log sees it before it is used.
const token = location.hash.slice(1);
const form = document.getElementById("form");
const told = document.getElementById("told");
history.replaceState(null, "", location.pathname);
if (!token) tell("This page is reached by a one-time link. Ask an administrator for one.", true);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const password = document.getElementById("password").value;
  if (password !== document.getElementById("again").value) return tell("The two differ.");
  form.querySelector("button").disabled = true;
  try {
    await set(password);
  } catch {
    tell("The server cannot be reached. Nothing was changed: try again.");
  } finally {
    form.querySelector("button").disabled = false;
  }
});

async function set(password) {
  const reply = await fetch("/api/v1/auth/reset", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token, password }),
  });
  if (reply.ok) return tell("The password is set. You can log in with it now.", true);
  const problem = await reply.json();
  const faults = (problem.errors ?? []).map((each) => `${each.field}: ${each.message}`);
  tell(faults.join("\n") || problem.detail || problem.title);
}

function tell(text, done = false) {
  told.textContent = text;
  form.hidden = done;
}
