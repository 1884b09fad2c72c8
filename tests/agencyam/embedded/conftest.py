"""Folders for embedded servers. Making a database takes a second or two, so it is made once and copied."""

import subprocess

import pytest

from agencyam.embedded.servers import ensure_servers, stop_servers


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """A folder whose servers were started and stopped; never started again."""
    folder = tmp_path_factory.mktemp("made-once") / "var"
    ensure_servers(folder, durable=False)
    stop_servers(folder)
    return folder


@pytest.fixture
def no_var(tmp_path):
    """A folder that does not exist yet; stopped afterwards."""
    folder = tmp_path / "var"
    yield folder
    stop_servers(folder)


@pytest.fixture
def var(made_once, tmp_path):
    """A folder that holds stopped servers; stopped again afterwards."""
    folder = tmp_path / "var"
    subprocess.run(["cp", "-a", made_once, folder], check=True)
    yield folder
    stop_servers(folder)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A folder whose servers run, for tests that only look."""
    folder = tmp_path_factory.mktemp("running") / "var"
    ensure_servers(folder)
    yield folder
    stop_servers(folder)
