"""`manage.py demo` as a person runs it, with small books: first page, Ctrl-C, second start, broken start."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

CHECKOUT = Path(__file__).resolve().parents[3]
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
# manage.py with its data elsewhere and two small agencies, which takes seconds instead of a minute.
CODE = """
import sys
from pathlib import Path
from agencyam.embedded import autostart
autostart.VAR = Path(sys.argv.pop(1))
import manage
real_start = manage.start_if_needed
def start(arguments):
    real_start(arguments)
    import django
    django.setup()
    from agencyam.embedded import demo_data
    small = {"clients": 6, "members": 2, "months": 15, "closed_months": 2}
    demo_data.AGENCIES[:] = [demo_data.DemoAgency(each.slug, each.name, each.profile, each.seed, **small)
                             for each in demo_data.AGENCIES]
manage.start_if_needed = start
manage.main()
"""


@dataclass
class Terminal:
    """A demo in a process group of its own, as a terminal gives it, and what it has printed."""

    process: subprocess.Popen
    lines: list[str]

    def read_until(self, words):
        """Read on until a line holds `words` or the demo ends."""
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if words in line:
                return
        pytest.fail("The demo ended early:\n" + "\n".join(self.lines))

    def press_ctrl_c(self):
        """Interrupt the whole group, as a terminal does. Returns the status and the seconds it took."""
        begin = time.monotonic()
        os.killpg(self.process.pid, signal.SIGINT)
        self.lines += self.process.communicate(timeout=60)[0].splitlines()
        return self.process.returncode, time.monotonic() - begin


def run_demo(var, *arguments):
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    process = subprocess.Popen(
        [sys.executable, "-c", CODE, str(var), "demo", *arguments],
        cwd=CHECKOUT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    return Terminal(process, [])


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def get(port, path, host="northwind.localhost"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": f"{host}:{port}"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def processes_of(var, port):
    """Command lines of live processes that belong to this demo."""
    marks = (str(var), f"127.0.0.1:{port}")
    lines = [" ".join(each.info["cmdline"] or []) for each in psutil.process_iter(["cmdline"])]
    return [line for line in lines if any(mark in line for mark in marks)]


def test_demo_serves_stops_clean_starts_again_and_names_what_died(var):
    port = free_port()
    first = run_demo(var, "--port", str(port))
    first.read_until("Ctrl-C stops everything")

    page = get(port, "/account/login/")
    status, seconds = first.press_ctrl_c()

    assert page.status == 200
    assert f"Northwind  http://northwind.localhost:{port}" in first.lines
    assert f"Harbour & Finch  http://harbour.localhost:{port}" in first.lines
    assert (var / "demo" / "northwind-qbr.pdf").read_bytes()[:5] == b"%PDF-"
    assert list((var / "mail").iterdir()) != []
    assert status == 0
    assert seconds < 15
    assert processes_of(var, port) == []

    begin = time.monotonic()
    second = run_demo(var, "--port", str(port))
    second.read_until("Ctrl-C stops everything")
    seconds = time.monotonic() - begin
    page = get(port, "/", host="harbour.localhost")
    [worker] = [each for each in psutil.Process(second.process.pid).children() if "worker" in each.cmdline()]
    worker.kill()
    output, _ = second.process.communicate(timeout=60)

    assert seconds < 30
    assert [line for line in second.lines if line.startswith("[4/8]")] == []
    assert page.status == 302
    assert second.process.returncode == 1
    assert "The worker process was killed by signal 9" in output
    assert processes_of(var, port) == []


def test_demo_that_was_killed_in_the_middle_is_made_whole_by_the_next_one(var):
    killed = run_demo(var, "--no-serve")
    killed.read_until("[3/8]")
    time.sleep(2)
    killed.process.kill()
    killed.process.communicate()

    following = run_demo(var, "--no-serve")
    output, _ = following.process.communicate(timeout=120)

    assert following.process.returncode == 0, output
    assert (var / "demo" / "harbour.done").exists()
    assert processes_of(var, 0) == []
