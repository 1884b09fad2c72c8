"""Starting, recognising and stopping server processes by pid."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from agencyam.embedded.account import Account


class CannotStartServers(Exception):
    """The embedded servers cannot run; the message is one sentence for the person at the terminal."""


# Servers started by this process, so that their end is collected when this process stops them.
_children: dict[int, subprocess.Popen[bytes]] = {}


def command_line(pid: int) -> str:
    """The command line of a live process, its words divided by blanks; empty when it is gone or a zombie."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    shown = subprocess.run(
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, check=False
    )
    return shown.stdout.decode(errors="replace").rstrip("\n") + " "


def is_running(pid: int, words: str) -> bool:
    """Whether process `pid` lives and was started with `words`; a reused pid does not count."""
    return f" {words} " in command_line(pid)


def spawn(
    argv: Sequence[str | Path], *, log: Path, account: Account, stdin: bytes = b""
) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own, so that Ctrl-C at the terminal does not reach it."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*account.prefix, *map(str, argv)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd="/",
            **account.popen_options(),
        )
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(stdin)
        process.stdin.close()
    _children[process.pid] = process
    return process


def stop(pid: int, words: str, *, gentle: signal.Signals, seconds: float = 20.0) -> None:
    """Send the `gentle` signal, wait up to `seconds`, then kill; a process that is not ours is left alone."""
    for number, patience in ((gentle, seconds), (signal.SIGKILL, 5.0)):
        if not is_running(pid, words):
            break
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + patience
        while is_running(pid, words) and time.monotonic() < deadline:
            time.sleep(0.01)
    if pid in _children:
        _children.pop(pid).wait()


def collect_ended() -> None:
    """Ask after servers that ended by themselves: until then the system keeps a place for each."""
    for pid in [pid for pid, process in _children.items() if process.poll() is not None]:
        del _children[pid]


@contextlib.contextmanager
def last_will(script: str, *arguments: object) -> Iterator[None]:
    """Run a shell script if this process ends within the block, however it ends; after the block, forget it.

    A shell waits at the other end of a pipe; the kernel closes the pipe even when this process is killed.
    """
    shell = subprocess.Popen(
        ["/bin/sh", "-c", f"read -r nothing\n{script}", "last-will", *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
    )
    try:
        yield
    finally:
        os.kill(shell.pid, signal.SIGKILL)
        shell.communicate()


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log file; empty when there is none."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
