"""The product as a process of its own: gunicorn with sync workers on a free port of loopback."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.workers import database_url


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running_site(log: Path, *, workers: int = 2, **environment: str) -> Iterator[int]:
    """Serve the test database for the length of a block. Yields the port; the log stays in `log`."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "agencyam.wsgi:application", "--bind", f"127.0.0.1:{port}",
        "--workers", str(workers), "--worker-class", "sync", "--worker-tmp-dir", str(log.parent),
    ]  # fmt: skip
    settings = {**os.environ, "DATABASE_URL": database_url(), "PUBLIC_PORT": str(port), **environment}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=settings, stdout=output, stderr=output, start_new_session=True
        )
        try:
            _wait_until_up(port, process, log)
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _wait_until_up(port: int, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The site stopped at once:\n{log.read_text()[-3000:]}")
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
            return
        time.sleep(0.1)
    raise RuntimeError(f"The site did not come up:\n{log.read_text()[-3000:]}")
