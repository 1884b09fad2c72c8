"""The commands as an operator runs them: processes of their own, on the test run's database."""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.workers import database_url

ROOT = Path(__file__).resolve().parents[3]
# What the kernel tells of an ended process includes the memory of the one that forked it; so it reports on itself.
MEASURED = """
import atexit, pathlib, re, runpy, sys
report = pathlib.Path(sys.argv.pop(1))
status = pathlib.Path("/proc/self/status")
atexit.register(lambda: report.write_text(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]))
sys.argv[0] = "manage.py"
sys.path.insert(0, "")
runpy.run_path("manage.py", run_name="__main__")
"""


@dataclass
class Outcome:
    """How a command ended. `peak_mb` is the largest resident memory of the process."""

    code: int
    out: str
    err: str
    peak_mb: float


def start(*arguments: object, launcher: tuple[str, ...] = ("manage.py",)) -> subprocess.Popen:
    """Start `manage.py` with the arguments and do not wait for it."""
    return subprocess.Popen(
        [sys.executable, *launcher, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments: object) -> Outcome:
    """Run `manage.py` with the arguments to its end."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "peak"
        process = start(*arguments, launcher=("-c", MEASURED, str(report)))
        out, err = process.communicate()
        return Outcome(process.returncode, out, err, round(int(report.read_text()) / 1024, 1))
