"""What the demo refuses or prepares before Django starts."""

import fcntl
import os
import socket
from datetime import date

import pytest

from agencyam.embedded import demo_start
from agencyam.embedded.demo_data import last_quarter
from agencyam.embedded.lifetime import wipe_unused_servers
from agencyam.embedded.processes import CannotStartServers
from agencyam.embedded.servers import ensure_servers, find_servers


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """An environment like that of a new terminal, put back afterwards."""
    for name in ("DATABASE_URL", "REDIS_URL", "DEMO", "PUBLIC_PORT", "EMAIL_FILE_PATH"):
        monkeypatch.setenv(name, "to be put back")
        monkeypatch.delenv(name)


@pytest.fixture
def busy_port():
    """A port on which another program listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_busy_port_ends_in_one_sentence_that_names_the_option(busy_port, tmp_path):
    with pytest.raises(CannotStartServers) as error:
        demo_start.prepare(["--port", str(busy_port)], tmp_path)

    assert str(error.value) == (
        f"Port {busy_port} is in use by another program: "
        f'choose another one with `make demo ARGS="--port {busy_port + 1}"`.'
    )


def test_port_that_does_not_exist_ends_in_one_sentence(tmp_path):
    with pytest.raises(CannotStartServers) as error:
        demo_start.prepare(["--port", "70000"], tmp_path)

    assert str(error.value).startswith("Port 70000 cannot be used")


def test_busy_port_does_not_matter_when_nothing_is_served(busy_port, tmp_path):
    demo_start.prepare(["--port", str(busy_port), "--no-serve"], tmp_path)

    assert os.environ["DEMO"] == "1"


def test_port_goes_into_the_links(tmp_path):
    demo_start.prepare(["--no-serve", "--port", "8123"], tmp_path)

    assert os.environ["PUBLIC_PORT"] == "8123"


def test_fresh_refuses_to_empty_a_database_that_is_not_the_demos_own(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://db.example.com/real")

    with pytest.raises(CannotStartServers, match="DATABASE_URL"):
        demo_start.prepare(["--fresh", "--no-serve"], tmp_path)


def test_fresh_deletes_the_books_and_the_mails_of_the_last_demo(tmp_path):
    for folder in ("demo", "mail"):
        (tmp_path / folder).mkdir()

    demo_start.prepare(["--fresh", "--no-serve"], tmp_path)

    assert [folder for folder in ("demo", "mail") if (tmp_path / folder).exists()] == []


def test_servers_in_use_are_not_wiped(var):
    ensure_servers(var)
    with (var / "servers.users").open("w") as user:
        fcntl.flock(user, fcntl.LOCK_SH)

        with pytest.raises(CannotStartServers) as error:
            wipe_unused_servers(var)

    assert str(error.value) == f"Another command uses the servers in {var}; end it before you start over."
    assert find_servers(var) is not None


def test_servers_that_nobody_uses_are_wiped(var):
    ensure_servers(var)

    wipe_unused_servers(var)

    assert find_servers(var) is None
    assert (var / "postgres").exists() is False


@pytest.mark.parametrize(
    ("day", "quarter"),
    [("2026-01-01", "2025Q4"), ("2026-03-31", "2025Q4"), ("2026-04-01", "2026Q1"), ("2026-12-31", "2026Q3")],
)
def test_review_covers_the_last_finished_quarter(day, quarter):
    assert last_quarter(date.fromisoformat(day)) == quarter


def test_step_prints_its_number_and_seconds(capsys):
    with demo_start.step(3, "Importing the books"):
        pass

    assert capsys.readouterr().out == "[3/8] Importing the books … 0.0 s\n"
