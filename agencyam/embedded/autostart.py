"""Gives `manage.py` its servers before Django reads its settings."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import environ

from agencyam.embedded import demo_start
from agencyam.embedded.lifetime import hold_servers
from agencyam.embedded.processes import CannotStartServers

BASE_DIR = Path(__file__).resolve().parents[2]
VAR = BASE_DIR / "var"
# Commands that touch neither database nor queue.
WITHOUT_SERVERS = frozenset({"help", "check", "collectstatic", "stop_servers"})


def start_if_needed(arguments: Sequence[str]) -> None:
    """Name the embedded servers in the environment unless it names others; start them if needed.

    On those servers the demo's settings hold (plain HTTP, no secret key needed). When the servers cannot
    start, prints one sentence and ends the program with status 1.
    """
    if (BASE_DIR / ".env").exists():
        environ.Env.read_env(BASE_DIR / ".env")
    is_complete = "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ
    if not is_complete and "SECRET_KEY" not in os.environ:
        os.environ.setdefault("DEMO", "1")
    command = arguments[0] if arguments else "help"
    if command in WITHOUT_SERVERS or command.startswith("-") or "--help" in arguments:
        return
    try:
        if command == "demo":
            demo_start.prepare(arguments[1:], VAR)
            with demo_start.step(1, "Starting PostgreSQL 18 and Valkey 9"):
                _use_embedded_servers()
        elif not is_complete:
            _use_embedded_servers()
    except CannotStartServers as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


def _use_embedded_servers() -> None:
    """Start the servers under `var/` if needed, name them in the environment, keep them until the end."""
    if "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ:
        return
    servers = hold_servers(VAR)
    os.environ.setdefault("DATABASE_URL", servers.database_url)
    if "REDIS_URL" not in os.environ:
        os.environ["REDIS_URL"] = servers.redis_url
        os.environ["CACHE_URL"] = servers.cache_url
