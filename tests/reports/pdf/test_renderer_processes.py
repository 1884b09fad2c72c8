"""The fork server's life: it outlives bad luck, belongs to one process, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reports.pdf import render_pdf
from reports.pdf.job import OWN_FOLDER
from reports.pdf.renderer import _server

ROOT = Path(__file__).resolve().parents[3]
PAGE = '<!doctype html><html lang="en"><head><title>x</title></head><p>x'
BOMB = PAGE + '<div style="display:flex">' * 18
DYING = f"""
import sys
from reports.pdf import render_pdf
render_pdf({PAGE!r}, assets={{}}, identifier="x")
print("ready", flush=True)
render_pdf({BOMB!r}, assets={{}}, identifier="x")
"""


def _pages():
    return render_pdf(PAGE, assets={}, identifier="x").pages


def _processes_in(folder: Path) -> list[int]:
    """Processes that keep their temporary files in the folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and f"TMPDIR={folder}".encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def _becomes_true(condition, seconds=10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_a_server_that_died_is_replaced():
    assert _pages() == 1
    first = _server._process
    os.kill(first.pid, signal.SIGKILL)
    first.wait()

    assert _pages() == 1
    assert _server._process is not first


def test_one_server_serves_many_documents():
    assert _pages() == 1
    server = _server._process

    assert [_pages() for _ in range(5)] == [1] * 5
    assert _server._process is server


def test_a_forked_process_gets_a_server_of_its_own_and_the_parent_keeps_its_one():
    assert _pages() == 1
    server = _server._process

    pid = os.fork()
    if pid == 0:
        is_own = _pages() == 1 and _server._process is not server
        _server.stop()
        os._exit(0 if is_own else 1)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    assert status == 0
    assert _server._process is server
    assert server.poll() is None
    assert _pages() == 1


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_nothing_is_left_of_a_worker_that_is_killed_while_it_renders(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", DYING],
        cwd=ROOT, env={**os.environ, "TMPDIR": str(tmp_path)}, stdout=subprocess.PIPE,
    ) as worker:  # fmt: skip
        assert worker.stdout.readline() == b"ready\n"
        folder = next(tmp_path.glob("agencyam-pdf-*"))
        assert _becomes_true(lambda: len(_processes_in(folder)) == 2)

        worker.kill()

    assert _becomes_true(lambda: _processes_in(folder) == [])
    assert _becomes_true(lambda: list(tmp_path.iterdir()) == [])


def test_nothing_is_left_of_a_worker_that_ends(tmp_path):
    code = DYING.split("print")[0]

    subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        check=True,
        timeout=60,
    )

    assert _processes_in(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_the_renderer_gets_no_secret_of_its_parent(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "planted-secret")
    _server.stop()

    assert _pages() == 1
    assert b"planted-secret" not in Path(f"/proc/{_server._process.pid}/environ").read_bytes()


@pytest.mark.parametrize("is_named", [False, True])
def test_the_server_removes_the_folder_that_it_was_given_and_no_other(tmp_path, is_named):
    (tmp_path / "somebodys").write_text("kept")
    given = tmp_path / "given"
    given.mkdir()
    environment = os.environ | {"TMPDIR": str(tmp_path)} | ({OWN_FOLDER: str(given)} if is_named else {})

    subprocess.run(
        [sys.executable, "-m", "reports.pdf.server"], cwd=ROOT, env=environment, input=b"", check=True
    )

    assert (given.exists(), (tmp_path / "somebodys").exists()) == (not is_named, True)
