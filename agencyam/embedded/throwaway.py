"""Servers for one test run: a temporary folder, no fsync, gone afterwards whatever happens."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from agencyam.embedded.processes import last_will
from agencyam.embedded.servers import Servers, ensure_servers, stop_servers

STOP_AND_REMOVE = """
kill -INT "$1"; kill -KILL "$2"
tries=0
while [ -e "$3/postgres/postmaster.pid" ] && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
kill -KILL "$1"
rm -rf "$3"
"""


@contextlib.contextmanager
def throwaway_servers() -> Iterator[Servers]:
    """Start servers for a `with` block; they end with it, or with this process if it is killed."""
    folder = Path(tempfile.mkdtemp(prefix="agencyam-test-"))
    try:
        servers = ensure_servers(folder, durable=False)
        with last_will(STOP_AND_REMOVE, servers.postgres_pid, servers.valkey_pid, folder):
            yield servers
    finally:
        stop_servers(folder)
        shutil.rmtree(folder)
