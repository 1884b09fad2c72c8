"""How much memory a stretch of the run needed at most."""

import os
import resource
import sys
from contextlib import suppress
from pathlib import Path

from django.db import connection


def forget_peak() -> None:
    """Begin anew, where the system can (Linux); elsewhere the peak is that of the whole run so far."""
    for process in (os.getpid(), _backend()):
        with suppress(OSError):
            Path(f"/proc/{process}/clear_refs").write_text("5")


def peak_mb() -> float:
    """Of this process, in megabytes."""
    with suppress(OSError):
        return _peak(os.getpid())
    scale = 1024 * 1024 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale, 1)


def database_peak_mb() -> float | None:
    """Of the database process behind the connection, shared buffers that it touched included."""
    with suppress(OSError):
        return _peak(_backend())
    return None


def _peak(process: int) -> float:
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return round(int(status["VmHWM"].split()[0]) / 1024, 1)


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])
