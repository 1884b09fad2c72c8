"""The embedded servers of one folder: start them, find them running, stop them.

Needs neither Django nor the wheels at import, so that settings can import it on every machine.
"""

import contextlib
import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from agencyam.embedded import postgres, valkey
from agencyam.embedded.account import server_account
from agencyam.embedded.processes import CannotStartServers, collect_ended, is_running

__all__ = ["CannotStartServers", "Servers", "ensure_servers", "find_servers", "stop_servers", "wipe_servers"]

LOCK_SECONDS = 150.0


@dataclass(frozen=True)
class Servers:
    """Two running servers. `redis_url` is database 0, the broker; `cache_url` is database 1."""

    database_url: str
    redis_url: str
    cache_url: str
    postgres_pid: int
    valkey_pid: int


def ensure_servers(var: Path, *, durable: bool = True) -> Servers:
    """Return the running servers of folder `var`, starting them if needed.

    `durable=False` switches fsync and the append-only file off, for tests. Raises CannotStartServers with one
    sentence for the person at the terminal.
    """
    var = var.resolve()
    return find_servers(var) or _start_servers(var, durable=durable)


def find_servers(var: Path) -> Servers | None:
    """The servers of folder `var` if both run; nothing is started."""
    var = var.resolve()
    try:
        servers = Servers(**json.loads(_state_file(var).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    is_alive = (
        is_running(servers.postgres_pid, postgres.running_words(var))
        and is_running(servers.valkey_pid, valkey.running_words(var))
        and (postgres.socket_folder(var) / postgres.SOCKET_NAME).exists()
    )
    return servers if is_alive else None


def stop_servers(var: Path) -> bool:
    """Stop the servers of folder `var` and wait for their end; False when none ran."""
    var = var.resolve()
    if not var.is_dir():
        return False
    with _locked(var):
        return _stop(var)


def wipe_servers(var: Path) -> None:
    """Stop the servers of folder `var` and delete their data; logs stay."""
    var = var.resolve()
    if not var.is_dir():
        return
    with _locked(var):
        _stop(var)
        for folder in (postgres.data_folder(var), valkey.data_folder(var), *var.glob("postgres.new-*")):
            if folder.exists():
                shutil.rmtree(folder)


@contextlib.contextmanager
def plain_words(var: Path) -> Iterator[None]:
    """Turn what the file system refuses into one sentence."""
    try:
        yield
    except PermissionError as error:
        raise CannotStartServers(
            f"{error.filename or var} belongs to another user: use the account that made {var}, or remove it."
        ) from error
    except OSError as error:
        raise CannotStartServers(f"The servers cannot start in {var}: {error.strerror or error}.") from error


def _start_servers(var: Path, *, durable: bool) -> Servers:
    with plain_words(var):
        (var / "log").mkdir(parents=True, exist_ok=True)
        with _locked(var):
            # Another command may have started them while this one waited for the lock.
            return find_servers(var) or _start_locked(var, durable=durable)


def _start_locked(var: Path, *, durable: bool) -> Servers:
    # One of the two may live on from a command that was killed; its address is lost with the state file.
    _stop(var)
    account = server_account()
    try:
        postgres_pid = postgres.start(var, account, durable=durable)
        broker = valkey.start(var, account, durable=durable)
    except BaseException:
        _stop(var)
        raise
    servers = Servers(
        database_url=postgres.url(var),
        redis_url=broker.url(0),
        cache_url=broker.url(1),
        postgres_pid=postgres_pid,
        valkey_pid=broker.pid,
    )
    _write_state(var, servers)
    return servers


def _stop(var: Path) -> bool:
    was_running = postgres.find_running(var) is not None or valkey.find_running(var) is not None
    _state_file(var).unlink(missing_ok=True)
    valkey.halt(var)
    postgres.halt(var)
    collect_ended()
    outside = postgres.socket_folder(var)
    if outside.parent != var:
        shutil.rmtree(outside, ignore_errors=True)
    return was_running


def _state_file(var: Path) -> Path:
    return var / "servers.json"


def _write_state(var: Path, servers: Servers) -> None:
    """Whole or not at all, and readable by the owner alone: it holds Valkey's password."""
    new = var / "servers.json.new"
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as state:
        json.dump(asdict(servers), state, indent=1)
    new.rename(_state_file(var))


@contextlib.contextmanager
def _locked(var: Path) -> Iterator[None]:
    """Hold the folder's lock; the kernel gives it back even when this process is killed."""
    with (var / "servers.lock").open("w") as lock:
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise CannotStartServers(
                        f"Another command has held {lock.name} for {LOCK_SECONDS:.0f} s; end it, try again."
                    ) from None
                time.sleep(0.02)
        yield
