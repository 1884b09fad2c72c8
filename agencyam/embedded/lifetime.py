"""How long the servers of a checkout live: as long as any command uses them, and no longer."""

import atexit
import fcntl
import os
from pathlib import Path
from typing import IO

from agencyam.embedded.servers import (
    CannotStartServers,
    Servers,
    ensure_servers,
    plain_words,
    stop_servers,
    wipe_servers,
)


def hold_servers(var: Path) -> Servers:
    """Return the running servers of folder `var`, kept until the last process that holds them ends.

    Each holder has a shared lock on one file, which the kernel takes back even from a killed process; whoever
    can turn theirs into an exclusive one is the last and stops the servers.
    """
    users = _open_users(var)
    fcntl.flock(users, fcntl.LOCK_SH)
    servers = ensure_servers(var)
    atexit.register(_let_go, var, users, os.getpid())
    return servers


def wipe_unused_servers(var: Path) -> None:
    """Delete the servers' data. Raises CannotStartServers while another command uses them."""
    with _open_users(var) as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStartServers(
                f"Another command uses the servers in {var}; end it before you start over."
            ) from None
        wipe_servers(var)


def _open_users(var: Path) -> IO[str]:
    with plain_words(var):
        var.mkdir(parents=True, exist_ok=True)
        return (var / "servers.users").open("a")


def _let_go(var: Path, users: IO[str], holder: int) -> None:
    if os.getpid() != holder:
        return
    with users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        stop_servers(var)
