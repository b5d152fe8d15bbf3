"""Run the sandbox: `python -m sandbox --host 127.0.0.1 --port 8090 --state FILE`."""

import argparse
import asyncio
import gc
import signal
from pathlib import Path

from sandbox.app import serve

# With many small dictionaries, garbage collections at the default thresholds are expensive.
_COLLECT_AFTER = (50_000, 50, 100)


async def _run(host: str, port: int, state_file: Path | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with serve(host, port, state_file) as running:
        print(running.url, flush=True)  # noqa: T201 - the address is what a caller waits for
        await stop.wait()


def main() -> None:
    """Serve until a signal says stop."""
    parser = argparse.ArgumentParser(prog="python -m sandbox")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state", type=Path, default=None, help="file to keep the world in")
    asked = parser.parse_args()
    gc.set_threshold(*_COLLECT_AFTER)
    asyncio.run(_run(asked.host, asked.port, asked.state))


if __name__ == "__main__":
    main()
