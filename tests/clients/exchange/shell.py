"""The commands as an operator runs them: processes of their own, on the test run's database."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.workers import database_url

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Outcome:
    """How a command ended. `peak_mb` is the largest resident memory of the process."""

    code: int
    out: str
    err: str
    peak_mb: float


def start(*arguments: object) -> subprocess.Popen:
    """Start `manage.py` with the arguments and do not wait for it."""
    return subprocess.Popen(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments: object) -> Outcome:
    """Run `manage.py` with the arguments to its end."""
    process = start(*arguments)
    # The report of a large book does not fit a pipe, so it is read before the end is waited for.
    with process.stdout as stdout, process.stderr as stderr:
        out, err = stdout.read(), stderr.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Outcome(process.returncode, out, err, round(usage.ru_maxrss / 1024, 1))
