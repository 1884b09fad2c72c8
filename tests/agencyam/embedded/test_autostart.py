"""`manage.py` as a person types it: which servers it uses, and one sentence when there are none."""

import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
CODE = """
import sys
from pathlib import Path
from agencyam.embedded import autostart
autostart.VAR = Path(sys.argv[1])
autostart.start_if_needed(sys.argv[2:])
import os
print(*(os.environ.get(name, "-") for name in ("DATABASE_URL", "REDIS_URL", "DEMO")))
"""


def start(var, *arguments, **variables):
    """Run the start of manage.py in a process of its own, in an environment like a new terminal's."""
    clean = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.run(
        [sys.executable, "-c", CODE, str(var), *arguments],
        cwd=CHECKOUT,
        env=clean | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


OURS = {
    "DATABASE_URL",
    "REDIS_URL",
    "CACHE_URL",
    "DEMO",
    "TESTING",
    "SECRET_KEY",
    "PUBLIC_PORT",
    "CANARY_RATE",
}
NAMED = {"DATABASE_URL": "postgres://db.example.com/real", "REDIS_URL": "redis://broker.example.com/0"}


def test_command_without_servers_in_the_environment_gets_the_embedded_ones(var):
    done = start(var, "kpis", "northwind")

    database, broker, demo = done.stdout.split()
    assert database == f"postgresql://agencyam@/agencyam?host={var / 'run'}"
    assert broker.startswith("redis://:")
    assert demo == "1"


def test_servers_in_the_environment_are_used_and_nothing_is_started(tmp_path):
    done = start(tmp_path / "var", "kpis", "northwind", **NAMED)

    assert done.stdout.split() == [*NAMED.values(), "-"]
    assert (tmp_path / "var").exists() is False


def test_secret_key_in_the_environment_means_that_this_is_no_demo(var):
    done = start(var, "kpis", "northwind", SECRET_KEY="x" * 60)

    assert done.stdout.split()[2] == "-"


def test_commands_that_need_no_server_start_none(tmp_path):
    for command in (["help"], ["--version"], ["kpis", "--help"], ["check"], []):
        assert start(tmp_path / "var", *command).returncode == 0

    assert (tmp_path / "var").exists() is False


def test_servers_that_cannot_start_end_the_command_with_one_sentence(tmp_path):
    (tmp_path / "var").write_text("in the way")

    done = start(tmp_path / "var", "kpis", "northwind")

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
