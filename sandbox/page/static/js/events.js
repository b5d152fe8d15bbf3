// Follows what happens in the sandbox.

const RETRY_MS = 1500;

/** Call `onChange` with every change, and `onOpen` at each (re)connection: what was missed is read anew. */
export function follow(address, { onOpen, onChange, onLost = () => {} }) {
  const source = new EventSource(address);
  source.addEventListener("open", onOpen);
  source.addEventListener("change", (event) => onChange(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    onLost();
    // The browser itself tries again while CONNECTING; after a refusal it has given up.
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => follow(address, { onOpen, onChange, onLost }), RETRY_MS);
    }
  });
}
