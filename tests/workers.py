"""A real Celery worker as a process of its own, on the test run's servers."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import quote

from django.db import connection


def database_url() -> str:
    """The test database as a URL, for processes that a test starts."""
    values = connection.get_connection_params()
    return f"postgresql://{quote(values['user'])}@/{quote(values['dbname'])}?host={quote(values['host'], safe='')}"


@contextlib.contextmanager
def worker(
    *, concurrency: int = 2, queues: str = "interactive,scheduled,pdf", **environment: str
) -> Iterator[subprocess.Popen]:
    """Run a prefork worker for the length of a block; it is ended by signal, then by force."""
    command = [
        sys.executable, "-m", "celery", "-A", "agencyam.celery", "worker", "-Q", queues, "-c", str(concurrency),
        "--include", "tests.agencyam.jobs.kinds", "--without-mingle", "--without-gossip", "-l", "ERROR",
    ]  # fmt: skip
    settings = {**os.environ, "DATABASE_URL": database_url(), "LOG_LEVEL": "ERROR", **environment}
    process = subprocess.Popen(command, env=settings, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
