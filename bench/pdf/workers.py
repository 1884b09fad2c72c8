"""Reviews in processes of their own: one from a cold start, and many on two workers beside each other."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent.parent
WORKERS = 2


def set_up() -> None:
    """Django, for its templates and static files; no server is asked."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agencyam.settings")
    os.environ.setdefault("TESTING", "1")
    os.environ.setdefault("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
    os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")
    django.setup()


def print_many(number: int) -> dict[str, float]:
    """Print so many in this process; what it and its renderer hold after the first and after the last."""
    set_up()
    from bench.pdf.sample import make_document  # noqa: PLC0415 - needs the settings
    from reports.qbr.printing.html import render_document  # noqa: PLC0415

    document = make_document()
    render_document(document, logo=None, identifier="first")
    after_first = resident_mb()
    for each in range(1, number):
        render_document(document, logo=None, identifier=f"number {each}")
    return {"growth_mb": resident_mb() - after_first}


def resident_mb() -> float:
    """The resident memory of this process and its children; the renderer's children are gone by now."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return sum(_resident(pid) for pid in ("self", *children))


def _resident(pid: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def time_cold() -> float:
    """Seconds from the start of a new Python process to its first PDF."""
    begin = time.monotonic()
    _wait(_start(1))
    return time.monotonic() - begin


def time_batch(number: int) -> tuple[float, float]:
    """Seconds for so many reviews on two workers, their starts included, and the most that one of them grew by."""
    begin = time.monotonic()
    started = [_start(number // WORKERS) for _ in range(WORKERS)]
    answers = [_wait(process) for process in started]
    return time.monotonic() - begin, max(answer["growth_mb"] for answer in answers)


def _start(number: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "bench.pdf.workers", str(number)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _wait(process: "subprocess.Popen[str]") -> dict[str, float]:
    output, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"A worker ended with status {process.returncode}.")
    answer: dict[str, float] = json.loads(output)
    return answer


if __name__ == "__main__":
    print(json.dumps(print_many(int(sys.argv[1]))))
