"""The parent's side: one fork server per process, started when first needed."""

import atexit
import contextlib
import json
import os
import pickle
import select
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from agencyam.exceptions import Refused
from reports.pdf.frames import PipeClosed, read_frame, write_frame
from reports.pdf.job import OWN_FOLDER, Job
from reports.pdf.sandbox import Limits

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 30.0
GRACE_SECONDS = 10.0


class CannotRenderPDF(Refused):
    """The document could not be rendered; the message says why in words. Trying again changes nothing."""


@dataclass(frozen=True)
class RenderedPDF:
    """A PDF and what it cost: wall seconds and the child's peak memory in MB."""

    content: bytes
    pages: int
    seconds: float
    peak_mb: float


def render_pdf(
    html: str,
    *,
    assets: Mapping[str, bytes],
    identifier: str,
    spares: Sequence[str] = (),
    limits: Limits | None = None,
) -> RenderedPDF:
    """Render one document in a child process. The same arguments give the same bytes.

    ``html`` refers to nothing but ``asset:NAME`` with a name in ``assets``; title, author, language and dates come
    from its own head. ``spares`` are tried in turn as ``asset:spare.css`` where a page would be left half
    empty. Raises CannotRenderPDF.
    """
    limits = limits or Limits()
    job = Job(html=html, assets=dict(assets), identifier=identifier, spares=tuple(spares))
    head, body = _server.ask(job, limits)
    if "error" in head:
        raise CannotRenderPDF(f"The PDF could not be made. {head['error']}")
    return RenderedPDF(content=body, pages=head["pages"], seconds=head["seconds"], peak_mb=head["peak_mb"])


class _Server:
    """The fork server of this process; made anew after a fork and when it has died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._folder = ""
        self._lock = threading.Lock()

    def ask(self, job: Job, limits: Limits) -> tuple[dict, bytes]:
        with self._lock:
            try:
                return self._try(job, limits)
            except (PipeClosed, OSError):
                # The server died, maybe long ago: a fresh one may do better.
                self.stop()
            try:
                return self._try(job, limits)
            except (PipeClosed, OSError) as error:
                self.stop()
                raise CannotRenderPDF("The PDF could not be made. The renderer stopped.") from error

    def stop(self) -> None:
        """End the server and remove its files. A forked process only lets go of what it inherited."""
        process, self._process = self._process, None
        if process is None:
            return
        if self._owner == os.getpid():
            process.kill()
            process.wait()
            shutil.rmtree(self._folder, ignore_errors=True)
        else:
            process.returncode = 0
        for pipe in _pipes(process):
            with contextlib.suppress(OSError):
                pipe.close()

    def _try(self, job: Job, limits: Limits) -> tuple[dict, bytes]:
        process = self._running()
        write_frame(_pipes(process)[0], pickle.dumps((job, limits)))
        if not _is_readable(process, limits.wall_seconds + GRACE_SECONDS):
            self.stop()
            raise CannotRenderPDF("The PDF could not be made. The renderer does not answer.")
        _, answers = _pipes(process)
        return json.loads(read_frame(answers)), read_frame(answers)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process and self._owner == os.getpid() and self._process.poll() is None:
            return self._process
        self.stop()
        self._owner, self._folder = os.getpid(), tempfile.mkdtemp(prefix="agencyam-pdf-")
        # The renderer's own user may pass through, and look at nothing on the way.
        os.chmod(self._folder, 0o711)  # noqa: S103
        self._process = _start(self._folder)
        if not _is_readable(self._process, START_SECONDS):
            self.stop()
            raise CannotRenderPDF("The PDF could not be made. The renderer does not start.")
        read_frame(_pipes(self._process)[1])
        return self._process


def _start(folder: str) -> subprocess.Popen[bytes]:
    # No environment but what fonts, libraries and a stable order of sets need: secrets stay with the parent.
    kept = {
        name: os.environ[name]
        for name in ("PATH", "LANG", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
        if name in os.environ
    }
    return subprocess.Popen(
        [sys.executable, "-m", "reports.pdf.server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={
            **kept,
            "PYTHONHASHSEED": "0",
            "HOME": "/nonexistent",
            "TMPDIR": folder,
            OWN_FOLDER: folder,
        },
        start_new_session=True,
    )


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """Where its requests go in and its answers come out."""
    if process.stdin is None or process.stdout is None:
        raise PipeClosed("The renderer was started without pipes.")
    return process.stdin, process.stdout


def _is_readable(process: subprocess.Popen[bytes], seconds: float) -> bool:
    return bool(select.select([_pipes(process)[1]], [], [], seconds)[0])


_server = _Server()
atexit.register(_server.stop)
