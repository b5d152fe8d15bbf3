"""A private server: own folder, free loopback port, and a process that we end."""

import abc
import contextlib
import fcntl
import os
import random
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

READY_WITHIN = 60.0
_PORTS = (20_000, 32_000)


def free_port() -> int:
    """Return a TCP port of the loopback address on which nobody listens.

    The port is below those that the system gives to outgoing connections, so none of them takes it
    before the server does, or while the server is stopped. No other process that calls this gets
    the same port while ours lives: a port may be bound long after it was chosen.
    """
    while True:
        port = random.randrange(*_PORTS)  # noqa: S311 no secret
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            _reserve(port)
            return port


def _reserve(port: int) -> None:
    """Lock a port's file until this process ends; raise OSError when another process holds it."""
    # For this user only: other users have files of their own.
    folder = Path(tempfile.gettempdir()) / f"osmodesk-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    held = os.open(folder / str(port), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        raise


class Server(abc.ABC):
    """A server that can be stopped, killed and started again with the same port and data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @abc.abstractmethod
    def command(self) -> list[str]:
        """Return the command that starts the server."""

    @abc.abstractmethod
    def is_ready(self) -> bool:
        """Check whether the server accepts requests now."""

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the server and return once it answers."""
        if self.is_running:
            return
        with self.log.open("ab") as log:
            # In a session of its own: Ctrl-C reaches only us, and we stop the server cleanly.
            self._process = subprocess.Popen(  # noqa: S603 -- our own command, no input from outside
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """Stop the server cleanly; its data stays."""
        if self._process is not None:
            self._process.terminate()
            self._wait_for_exit(self._process)

    def kill(self) -> None:
        """Kill the server as a crash would; its data stays."""
        if self._process is not None:
            self._process.kill()
            self._wait_for_exit(self._process)

    @contextlib.contextmanager
    def pause(self) -> Iterator[None]:
        """Suspend the server: it accepts connections but does not answer, as a hung server does."""
        process = self._process
        assert process is not None  # noqa: S101 for the type checker: it was started
        process.send_signal(signal.SIGSTOP)
        # Until all its threads have stopped, it may still answer.
        os.waitpid(process.pid, os.WUNTRACED)
        try:
            yield
        finally:
            process.send_signal(signal.SIGCONT)

    def _wait_for_exit(self, process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(timeout=READY_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._process = None

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while not self.is_ready():
            if not self.is_running or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"{self.command()[0]} did not start:\n{self._read_log_tail()}")
            time.sleep(0.02)

    def _read_log_tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])
