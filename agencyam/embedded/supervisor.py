"""Runs the demo's programs as child processes and ends them all together."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from agencyam.embedded.processes import last_lines, last_will

Handler = Callable[[int, FrameType | None], Any] | int | signal.Handlers

STOP_SECONDS = 5.0
READY_SECONDS = 60.0
# Each child leads a process group of its own; the minus sign means the whole group.
END_GROUPS = """
kill -TERM "$@"
sleep 5
for leader in "$@"; do kill -KILL "-$leader"; done
"""


class ProgramEnded(Exception):
    """A program ended by itself; the message says which one and what it logged last."""


@dataclass(frozen=True)
class Program:
    """One child: what to call it and the Python module it runs, with arguments."""

    name: str
    module: str
    arguments: Sequence[str]


class Supervisor:
    """Starts programs, watches them and stops them. Use as a context manager: leaving it stops all."""

    def __init__(self, logs: Path, environment: Mapping[str, str] | None = None) -> None:
        self._logs = logs
        self._environment = {**os.environ, **(environment or {})}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._will = contextlib.ExitStack()

    def __enter__(self) -> "Supervisor":
        return self

    def __exit__(self, *exc_info: object) -> None:
        with _signals_ignored():
            self.stop()

    def start(self, programs: Sequence[Program]) -> None:
        """Start programs, each with its own log and out of reach of Ctrl-C at the terminal."""
        children = {program.name: self._spawn(program) for program in programs}
        self._running |= children
        self._will.enter_context(last_will(END_GROUPS, *(child.pid for child in children.values())))

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        self._logs.mkdir(parents=True, exist_ok=True)
        with self.log_of(program.name).open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", program.module, *program.arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
            )

    def log_of(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def check(self) -> None:
        """Raise ProgramEnded if a program ended by itself."""
        for name, child in self._running.items():
            status = child.poll()
            if status is not None:
                how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
                log = self.log_of(name)
                raise ProgramEnded(f"The {name} process {how}; the end of {log}:\n{last_lines(log)}")

    def wait_for_page(self, host: str, port: int, path: str = "/") -> None:
        """Return once the web server answers with a page or a redirect. Raises ProgramEnded."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            self.check()
            if _status_of(host, port, path) < 400:
                return
            time.sleep(0.1)
        raise ProgramEnded(f"No page came within {READY_SECONDS:.0f} s; the logs are in {self._logs}.")

    def watch(self) -> None:
        """Return never: raises ProgramEnded when a program ends, KeyboardInterrupt on Ctrl-C or SIGTERM."""
        while True:
            self.check()
            time.sleep(0.25)

    def stop(self) -> None:
        """End all programs, gently first, then everything they started."""
        leaders = list(self._running.values())
        for leader in leaders:
            leader.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for leader in leaders:
            with contextlib.suppress(subprocess.TimeoutExpired):
                leader.wait(timeout=max(0.0, deadline - time.monotonic()))
        for leader in leaders:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(leader.pid, signal.SIGKILL)
            leader.wait()
        self._running.clear()
        self._will.close()


def _status_of(host: str, port: int, path: str) -> int:
    """The status of a page; 599 while nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path, headers={"Host": f"{host}:{port}"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 599
    finally:
        connection.close()


@contextlib.contextmanager
def stop_signals() -> Iterator[None]:
    """Within the block SIGTERM and a closed terminal mean the same as Ctrl-C: KeyboardInterrupt."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    with _handlers(interrupt, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        yield


@contextlib.contextmanager
def _signals_ignored() -> Iterator[None]:
    """Within the block a second Ctrl-C changes nothing: stopping is under way and short."""
    with _handlers(signal.SIG_IGN, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        yield


@contextlib.contextmanager
def _handlers(handler: Handler, *numbers: signal.Signals) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)
