// Follows the sandbox's stream of changes.

const RETRY_MS = 1500;

/** Call `onChange` with every change, and `onOpen` at each (re)connection, to read missed changes. */
export function follow(address, { onOpen, onChange, onLost = () => {} }) {
  const source = new EventSource(address);
  source.addEventListener("open", onOpen);
  source.addEventListener("change", (event) => onChange(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    onLost();
    // The browser itself tries again while CONNECTING; after a refusal it stops.
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => follow(address, { onOpen, onChange, onLost }), RETRY_MS);
    }
  });
}
