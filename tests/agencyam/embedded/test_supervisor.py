"""The supervisor with real programs: all start, one that dies is named, nothing stays behind."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from agencyam.embedded.processes import command_line
from agencyam.embedded.supervisor import Program, ProgramEnded, Supervisor, stop_signals

CHECKOUT = Path(__file__).resolve().parents[3]
SLEEPER = Program("sleeper", "timeit", ["-n", "1", "-r", "1", "-s", "import time", "time.sleep(300)"])
STUBBORN = Program(
    "stubborn",
    "timeit",
    ["-n1", "-r1", "-s", "import signal, time; signal.signal(15, signal.SIG_IGN)", "time.sleep(300)"],
)
PARENT = Program(
    "parent",
    "timeit",
    ["-n1", "-r1", "-s", "import subprocess", "subprocess.run(['sleep', '299.5'])"],
)
FAILING = Program("failing", "timeit", ["-n", "1", "raise SystemExit('no such file')"])


def pids_of(supervisor):
    return [child.pid for child in supervisor._running.values()]


def living(words):
    """Pids of processes with these words on their command line."""
    processes = psutil.process_iter(["pid", "cmdline"])
    return [each.pid for each in processes if words in " ".join(each.info["cmdline"] or [])]


def wait_until(condition):
    deadline = time.monotonic() + 15
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def test_leaving_the_block_ends_every_program(tmp_path):
    with Supervisor(tmp_path) as supervisor:
        supervisor.start([SLEEPER, SLEEPER.__class__("second", SLEEPER.module, SLEEPER.arguments)])
        pids = pids_of(supervisor)
        supervisor.check()

    assert len(pids) == 2
    assert [command_line(pid) for pid in pids] == ["", ""]


def test_program_that_ignores_the_gentle_signal_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr("agencyam.embedded.supervisor.STOP_SECONDS", 0.3)

    with Supervisor(tmp_path) as supervisor:
        supervisor.start([STUBBORN])
        [pid] = pids_of(supervisor)
        time.sleep(0.5)

    assert command_line(pid) == ""


def test_what_a_program_started_ends_with_it(tmp_path):
    with Supervisor(tmp_path) as supervisor:
        supervisor.start([PARENT])
        assert wait_until(lambda: living("sleep 299.5"))

    assert wait_until(lambda: living("sleep 299.5") == [])


def test_program_that_ends_is_named_with_its_last_lines(tmp_path):
    with Supervisor(tmp_path) as supervisor:
        supervisor.start([SLEEPER, FAILING])

        with pytest.raises(ProgramEnded) as error:
            supervisor.watch()

    first_line, *log = str(error.value).splitlines()
    assert first_line == f"The failing process ended with status 1; the end of {tmp_path / 'failing.log'}:"
    assert log[-1] == "SystemExit: no such file"


def test_no_page_is_waited_for_once_the_program_is_gone(tmp_path):
    with Supervisor(tmp_path) as supervisor:
        supervisor.start([FAILING])

        with pytest.raises(ProgramEnded):
            supervisor.wait_for_page("localhost", 9)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_stop_signals_interrupt_like_ctrl_c(number):
    with stop_signals(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)


def test_programs_end_when_the_supervisor_itself_is_killed(tmp_path):
    code = (
        "import sys, time; from pathlib import Path;"
        "from agencyam.embedded.supervisor import Program, Supervisor;"
        "supervisor = Supervisor(Path(sys.argv[1]));"
        "supervisor.start([Program('sleeper', 'timeit', ['-n1', '-r1', 'import time; time.sleep(298.5)'])]);"
        "print(supervisor._running['sleeper'].pid, flush=True); time.sleep(300)"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    pid = int(owner.stdout.readline())

    owner.kill()
    owner.communicate()

    assert wait_until(lambda: command_line(pid) == "")
