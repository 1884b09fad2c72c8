"""What `manage.py demo` does before Django reads its settings: options, port, servers."""

import contextlib
import errno
import os
import shutil
import socket
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path

from agencyam.embedded.lifetime import wipe_unused_servers
from agencyam.embedded.processes import CannotStartServers

DEFAULT_PORT = 8000
STEPS = 8


def add_options(parser: ArgumentParser) -> None:
    """The options of the command, read here before Django starts and by Django's own parser afterwards."""
    parser.add_argument("--fresh", action="store_true", help="start over: delete all data under var/ first")
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help="where to serve (default: %(default)s)"
    )
    parser.add_argument("--no-serve", action="store_true", help="make the data, then end")


def prepare(arguments: Sequence[str], var: Path) -> None:
    """Set the demo's environment, refuse a busy port, wipe if asked. Raises CannotStartServers."""
    parser = ArgumentParser(add_help=False)
    add_options(parser)
    options, _rest = parser.parse_known_args(arguments)
    os.environ["DEMO"] = "1"
    os.environ["PUBLIC_PORT"] = str(options.port)
    os.environ.setdefault("EMAIL_FILE_PATH", str(var / "mail"))
    if not options.no_serve:
        refuse_busy_port(options.port)
    if options.fresh:
        if "DATABASE_URL" in os.environ:
            raise CannotStartServers(
                "--fresh empties the embedded database only: empty the one that DATABASE_URL names by hand."
            )
        wipe_unused_servers(var)
        for folder in (var / "demo", var / "mail"):
            shutil.rmtree(folder, ignore_errors=True)


def refuse_busy_port(port: int) -> None:
    """Raise CannotStartServers with one sentence unless the demo may listen on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen()
        except (OSError, OverflowError) as error:
            is_busy = getattr(error, "errno", None) == errno.EADDRINUSE
            reason = "is in use by another program" if is_busy else f"cannot be used ({error})"
            raise CannotStartServers(
                f'Port {port} {reason}: choose another one with `make demo ARGS="--port {port + 1}"`.'
            ) from error


@contextlib.contextmanager
def step(number: int, title: str) -> Iterator[None]:
    """A numbered step of those before the site is up."""
    with timed(f"[{number}/{STEPS}] {title}"):
        yield


@contextlib.contextmanager
def timed(title: str) -> Iterator[None]:
    """Print what begins, and its seconds when it is done."""
    _say(f"{title} … ")
    begin = time.monotonic()
    try:
        yield
    except BaseException:
        _say("\n")
        raise
    _say(f"{time.monotonic() - begin:.1f} s\n")


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
