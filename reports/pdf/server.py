"""The fork server: WeasyPrint loaded once, one forked child per document, killed when it takes too long.

Started by ``renderer.py`` as ``python -m reports.pdf.server``; talks over its standard streams. It ends when its parent
does. Requests come from our own process and are unpickled; what a child answers is bytes and JSON only.
"""

import base64
import gc
import json
import os
import pickle
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from typing import IO, Any

import pyphen

from reports.pdf.document import render
from reports.pdf.drawings import with_begun_texts
from reports.pdf.fonts import load_fonts, load_widths, with_unpacked
from reports.pdf.frames import PipeClosed, read_frame, write_frame
from reports.pdf.job import OWN_FOLDER, Job
from reports.pdf.sandbox import NOBODY, Limits, confine

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
# Documents are written in these; their rules of hyphenation are read before a child is confined.
LANGUAGES = ("en_GB", "en_US", "de")
# Words of a frame that is just too large for half a megabyte, so that it and those above it get a whole one.
_ROOMY = 66_000
_RSS_UNITS_IN_MB = 1024 if sys.platform == "linux" else 1024 * 1024
STYLE = (
    b"@font-face{font-family:W;src:url(asset:warm.woff2)} body{font-family:W}"
    b" @page{size:A4;@bottom-right{content:counter(page)}}"
)
WARM_UP = (
    '<!doctype html><html lang=en><title>x</title><link rel=stylesheet href="asset:warm.css"><h1>A\u017c</h1>'
    '<img src="asset:warm.png" alt=x><p><a href="https://example.com/">x</a><svg width=9 height=9><title>x</title>'
    "<rect width=9 height=9 /></svg><table><thead><tr><th>a<tbody><tr><td>b</table>"
)


def with_room(call: Callable[..., None], *arguments: Any) -> None:
    """Call it with room for the frames of all that it calls.

    CPython keeps frames in pieces of 16 kB, and gets a piece from the system and gives it back each time that a loop
    calls across the border of two: 7,000 times in a review, one part in fifteen of its time.
    """
    call(*arguments)


with_room.__code__ = with_room.__code__.replace(co_stacksize=_ROOMY)


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer requests until the parent closes the pipe.

    The first rendering loads every module that a child will need: once confined it may not be able to read them.
    """
    fonts = load_fonts()
    widths = load_widths(fonts)
    for language in LANGUAGES:
        # Kept in a cache of the module, which every child inherits.
        pyphen.Pyphen(lang=language)
    assets = {"warm.css": STYLE, "warm.png": PIXEL, "warm.woff2": next(iter(fonts.values()))}
    render(Job(html=WARM_UP, assets=assets, identifier="warm"))
    # What is loaded stays; a child lives too short to collect garbage.
    gc.collect()
    gc.freeze()
    gc.disable()
    write_frame(answers, b"ready")
    while True:
        try:
            job, limits = pickle.loads(read_frame(requests))  # noqa: S301 - from our own parent process
            assets = with_begun_texts(with_unpacked(job.assets, fonts), widths)
            job = replace(job, assets=assets)
            head, body = _in_child(job, limits, requests)
        except PipeClosed:
            return
        write_frame(answers, json.dumps(head).encode())
        write_frame(answers, body)


def _in_child(job: Job, limits: Limits, requests: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    started = time.monotonic()
    read_end, write_end = os.pipe()
    with tempfile.TemporaryDirectory() as folder:
        pid = os.fork()
        if pid == 0:
            os.close(read_end)
            _child(job, limits, write_end, folder)
        os.close(write_end)
        try:
            content, is_late = _collect(read_end, requests, started + limits.wall_seconds)
        except PipeClosed:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            raise
        if is_late:
            os.kill(pid, signal.SIGKILL)
        _, status, usage = os.wait4(pid, 0)
    head: dict[str, Any] = {
        "seconds": round(time.monotonic() - started, 3),
        "peak_mb": round(usage.ru_maxrss / _RSS_UNITS_IN_MB, 1),
    }
    if is_late:
        return head | {"error": f"It took longer than {limits.wall_seconds:g} seconds."}, b""
    if os.WIFSIGNALED(status):
        return head | {"error": _signal_words(os.WTERMSIG(status), limits)}, b""
    line, _, body = content.partition(b"\n")
    try:
        return head | json.loads(line), body
    except ValueError:
        return head | {"error": "The renderer ended without an answer."}, b""


def _child(job: Job, limits: Limits, write_end: int, folder: str) -> None:
    """Render and write one line of JSON and the PDF; fonts lie in `folder` meanwhile. Never returns."""
    try:
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        tempfile.tempdir = folder
        confine(limits)
        content, pages = render(job)
        answer = json.dumps({"pages": pages}).encode() + b"\n" + content
    except MemoryError:
        answer = json.dumps({"error": f"It needed more than {limits.memory // 2**20} MB of memory."}).encode()
    except BaseException as error:
        answer = json.dumps({"error": _words(error)}).encode()
    with os.fdopen(write_end, "wb") as pipe:
        pipe.write(answer)
    os._exit(0)


def _collect(read_end: int, requests: IO[bytes], deadline: float) -> tuple[bytes, bool]:
    """Everything that the child writes, and whether its time ran out. Raises PipeClosed if the parent is gone."""
    parts: list[bytes] = []
    with os.fdopen(read_end, "rb", buffering=0) as pipe:
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return b"", True
            readable = select.select([pipe, requests], [], [], left)[0]
            # The parent says nothing while it waits: what can be read there is the end.
            if requests in readable:
                raise PipeClosed("The parent is gone.")
            if not readable:
                continue
            part = pipe.read(1 << 20)
            if not part:
                return b"".join(parts), False
            parts.append(part)


def _words(error: BaseException) -> str:
    cause = error.__cause__ or error
    return f"{type(cause).__name__}: {cause}"[:300]


def _signal_words(number: int, limits: Limits) -> str:
    if number in {signal.SIGXCPU, signal.SIGKILL}:
        return f"It needed more than {limits.cpu_seconds} seconds of computing."
    return f"The renderer was stopped by {signal.Signals(number).name}."


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers_pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        with_room(serve, sys.stdin.buffer, answers_pipe)
    finally:
        # Only what the parent made for it and named: the folder for temporary files may be everybody's.
        if own_folder := os.environ.get(OWN_FOLDER):
            shutil.rmtree(own_folder, ignore_errors=True)
