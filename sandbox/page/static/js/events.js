// Follows what happens in the sandbox.

const RETRY_MS = 1500;

/** Call `onChange` with every change, and `onOpen` at each (re)connection: what was missed is read anew. */
export function follow({ onOpen, onChange, onLost }) {
  const source = new EventSource("/control/events");
  source.addEventListener("open", onOpen);
  source.addEventListener("change", (event) => onChange(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    onLost();
    // The browser itself tries again while CONNECTING; after a refusal it has given up.
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => follow({ onOpen, onChange, onLost }), RETRY_MS);
    }
  });
}
