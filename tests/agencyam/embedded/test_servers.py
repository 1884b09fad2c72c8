"""The embedded servers as real processes: started, found, mended, stopped."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from agencyam.embedded import postgres, valkey
from agencyam.embedded.processes import command_line, is_running
from agencyam.embedded.servers import (
    CannotStartServers,
    ensure_servers,
    find_servers,
    stop_servers,
    wipe_servers,
)

CHECKOUT = Path(__file__).resolve().parents[3]


def ask(database_url, statement):
    with psycopg.connect(database_url) as connection:
        return connection.execute(statement).fetchone()


def kill(pid):
    """End a server as a crash would, and wait until it is gone."""
    os.kill(pid, signal.SIGKILL)
    while command_line(pid):
        time.sleep(0.01)


def test_servers_answer_with_the_settings_that_the_product_needs(running):
    servers = ensure_servers(running)

    major = ask(servers.database_url, "SELECT current_setting('server_version_num')::int / 10000")
    locks = ask(
        servers.database_url, "SELECT current_setting('max_locks_per_transaction'), current_setting('fsync')"
    )
    is_superuser = ask(servers.database_url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    broker = redis.from_url(servers.redis_url, decode_responses=True)
    assert major == (18,)
    assert locks == ("1024", "on")
    assert is_superuser == (False,)
    assert broker.info("server")["valkey_version"].split(".")[0] == "9"
    assert broker.config_get("appendonly", "appendfsync", "maxmemory-policy") == {
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
    }


def test_broker_and_cache_are_different_databases(running):
    servers = ensure_servers(running)

    redis.from_url(servers.redis_url).set("queue", "1")

    assert redis.from_url(servers.cache_url).get("queue") is None


def test_valkey_refuses_a_stranger_on_the_loopback(running):
    servers = ensure_servers(running)
    port = urlsplit(servers.redis_url).port

    with socket.create_connection(("127.0.0.1", port)) as stranger:
        stranger.sendall(b"PING\r\n")
        answer = stranger.recv(100)

    assert answer == b"-NOAUTH Authentication required.\r\n"


def test_socket_and_state_are_closed_to_other_users(running):
    ensure_servers(running)

    assert postgres.socket_folder(running).stat().st_mode & 0o777 == 0o700
    assert (running / "servers.json").stat().st_mode & 0o777 == 0o600


def test_second_start_finds_the_running_servers_within_50_ms(running):
    first = ensure_servers(running)

    begin = time.perf_counter()
    second = ensure_servers(running)

    assert second == first
    assert time.perf_counter() - begin < 0.05


def test_rows_outlive_a_stop(var):
    servers = ensure_servers(var)
    with psycopg.connect(servers.database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    stop_servers(var)

    again = ensure_servers(var)

    assert ask(again.database_url, "SELECT number FROM kept") == (7,)


def test_stop_leaves_no_process(var):
    servers = ensure_servers(var)

    was_running = stop_servers(var)

    assert was_running is True
    assert is_running(servers.postgres_pid, postgres.running_words(var)) is False
    assert is_running(servers.valkey_pid, valkey.running_words(var)) is False
    assert stop_servers(var) is False


def test_wipe_starts_over_with_an_empty_database(var):
    servers = ensure_servers(var)
    with psycopg.connect(servers.database_url) as connection:
        connection.execute("CREATE TABLE gone (number int)")

    wipe_servers(var)

    assert ask(ensure_servers(var).database_url, "SELECT to_regclass('gone')") == (None,)


def test_three_commands_at_once_share_one_pair_of_servers(var):
    code = (
        "import sys; from pathlib import Path; from agencyam.embedded.servers import ensure_servers;"
        "print(ensure_servers(Path(sys.argv[1])).postgres_pid)"
    )
    commands = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(var)], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]

    pids = {command.communicate(timeout=60)[0] for command in commands}

    assert [command.returncode for command in commands] == [0, 0, 0]
    assert len(pids) == 1


def test_killed_servers_are_started_again_with_their_rows(var):
    servers = ensure_servers(var)
    with psycopg.connect(servers.database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    kill(servers.postgres_pid)
    kill(servers.valkey_pid)

    again = ensure_servers(var)

    assert again.postgres_pid != servers.postgres_pid
    assert ask(again.database_url, "SELECT number FROM kept") == (7,)


def test_killed_servers_are_collected_when_others_take_their_place(var):
    servers = ensure_servers(var)
    kill(servers.valkey_pid)

    ensure_servers(var)

    with pytest.raises(ChildProcessError):
        os.waitpid(servers.valkey_pid, 0)


def test_one_dead_server_of_the_two_is_mended(var):
    servers = ensure_servers(var)
    kill(servers.valkey_pid)

    again = ensure_servers(var)

    assert redis.from_url(again.redis_url).ping() is True
    assert ask(again.database_url, "SELECT 1") == (1,)


def test_leftover_servers_without_their_state_file_are_replaced(var):
    servers = ensure_servers(var)
    (var / "servers.json").unlink()

    again = ensure_servers(var)

    assert again.postgres_pid != servers.postgres_pid
    assert is_running(servers.valkey_pid, valkey.running_words(var)) is False


def test_state_file_of_a_reused_pid_is_not_believed(var):
    servers = ensure_servers(var)
    stop_servers(var)
    state = {**servers.__dict__, "postgres_pid": os.getpid(), "valkey_pid": os.getpid()}
    (var / "servers.json").write_text(json.dumps(state))

    assert find_servers(var) is None


def test_postmaster_file_that_names_a_foreign_process_is_put_aside(var):
    ensure_servers(var)
    stop_servers(var)
    lock = postgres.data_folder(var) / "postmaster.pid"
    lock.write_text(f"{os.getppid()}\n{postgres.data_folder(var)}\n")

    servers = ensure_servers(var)

    assert ask(servers.database_url, "SELECT 1") == (1,)


def test_half_made_cluster_of_a_killed_initdb_is_removed(no_var):
    half = no_var / "postgres.new-killed"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    servers = ensure_servers(no_var)

    assert ask(servers.database_url, "SELECT 1") == (1,)
    assert half.exists() is False


def test_valkey_data_that_cannot_be_read_is_put_aside(var):
    servers = ensure_servers(var)
    redis.from_url(servers.redis_url).set("hint", "1")
    stop_servers(var)
    manifest = next((var / "valkey" / "appendonlydir").glob("*.manifest"))
    manifest.write_text("not a manifest\n")

    again = ensure_servers(var)

    assert redis.from_url(again.redis_url).get("hint") is None
    assert (var / "valkey.unreadable").is_dir()


def test_long_checkout_path_works(tmp_path):
    var = tmp_path / ("long-" * 30) / "var"
    servers = ensure_servers(var)

    answer = ask(servers.database_url, "SELECT 1")

    folder = postgres.socket_folder(var)
    assert answer == (1,)
    assert var not in folder.parents
    stop_servers(var)
    assert folder.exists() is False


def test_path_with_blanks_and_quotes_in_a_closed_folder_works(tmp_path):
    closed = tmp_path / "it's a \u00fcber folder"
    closed.mkdir(mode=0o700)

    servers = ensure_servers(closed / "var")

    assert ask(servers.database_url, "SELECT 1") == (1,)
    stop_servers(closed / "var")


def test_database_of_another_version_ends_in_one_sentence(no_var):
    data = postgres.data_folder(no_var)
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("17\n")

    with pytest.raises(CannotStartServers) as error:
        ensure_servers(no_var)

    assert str(error.value) == (
        f"{data} holds 17 PostgreSQL data but PostgreSQL 18 is here: "
        "`make demo ARGS=--fresh` starts over with an empty database."
    )


def test_damaged_database_ends_in_one_sentence(var):
    ensure_servers(var)
    stop_servers(var)
    (postgres.data_folder(var) / "global" / "pg_control").unlink()

    with pytest.raises(CannotStartServers) as error:
        ensure_servers(var)

    assert "\n" not in str(error.value)
    assert str(var / "log" / "postgres.log") in str(error.value)


def test_full_disk_ends_in_one_sentence(no_var, monkeypatch):
    usage = type("Usage", (), {"free": 3 * 2**20})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)

    with pytest.raises(CannotStartServers) as error:
        ensure_servers(no_var)

    assert str(error.value) == (
        f"The disk that holds {no_var} is full: a new database needs 200 MB and 3 MB are free."
    )


def test_file_in_the_way_ends_in_one_sentence(tmp_path):
    (tmp_path / "var").write_text("")

    with pytest.raises(CannotStartServers) as error:
        ensure_servers(tmp_path / "var")

    assert "\n" not in str(error.value)
