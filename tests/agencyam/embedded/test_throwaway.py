"""The servers of a test run: gone afterwards, however it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from agencyam.embedded import postgres
from agencyam.embedded.processes import is_running
from agencyam.embedded.throwaway import throwaway_servers

CHECKOUT = Path(__file__).resolve().parents[3]
CODE = """
from agencyam.embedded.throwaway import throwaway_servers
with throwaway_servers() as servers:
    print(servers.postgres_pid, servers.database_url.partition("host=")[2], flush=True)
    input()
"""


def test_throwaway_servers_trade_safety_for_speed_and_vanish():
    with throwaway_servers() as servers:
        folder = Path(servers.database_url.partition("host=")[2]).parent
        with psycopg.connect(servers.database_url) as connection:
            fsync = connection.execute("SELECT current_setting('fsync')").fetchone()

    assert fsync == ("off",)
    assert folder.exists() is False
    assert is_running(servers.postgres_pid, postgres.running_words(folder)) is False


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_throwaway_servers_vanish_when_their_owner_is_ended(ending):
    owner = subprocess.Popen(
        [sys.executable, "-c", CODE],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    pid, socket_folder = owner.stdout.readline().split()
    folder = Path(socket_folder).parent

    os.kill(owner.pid, ending)
    owner.communicate(timeout=20)

    deadline = time.monotonic() + 15
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert folder.exists() is False
    assert is_running(int(pid), postgres.running_words(folder)) is False
