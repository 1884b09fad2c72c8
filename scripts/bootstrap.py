"""Makes the environment in .venv: uv, the locked packages and the libraries that WeasyPrint loads.

`bootstrap.py demo` leaves out what only developers need; `bootstrap.py dev` installs all.
"""

import ctypes
import ctypes.util
import hashlib
import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path
from urllib.parse import urljoin

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
OLDEST_UV = (0, 8)
INDEX = "https://pypi.org/pypi/uv/json"
# What WeasyPrint opens, by its names on Linux and macOS; the first found of each row counts.
LIBRARIES = (
    ("libgobject-2.0.so.0", "libgobject-2.0.0.dylib"),
    ("libpango-1.0.so.0", "libpango-1.0.0.dylib"),
    ("libharfbuzz.so.0", "libharfbuzz.0.dylib"),
    ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
    ("libfontconfig.so.1", "libfontconfig.1.dylib"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0.0.dylib"),
)
DEBIAN_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "libfontconfig1")
BREW_FOLDERS = ("/opt/homebrew/lib", "/usr/local/lib")


class CannotPrepare(Exception):
    """The environment cannot be made; the message is one sentence for the person at the terminal."""


def say(text: str) -> None:
    print(text, flush=True)


def find_uv() -> str:
    """A uv that can read the lock file: the one on PATH, the private one, or a new private one."""
    for candidate in (shutil.which("uv"), str(TOOLS / "bin" / "uv")):
        if candidate and _uv_version(candidate) >= OLDEST_UV:
            return candidate
    say("Installing uv into .tools/ …")
    if not _install_uv_with_pip():
        _install_uv_from_wheel()
    return str(TOOLS / "bin" / "uv")


def _uv_version(uv: str) -> tuple[int, int]:
    try:
        shown = subprocess.run([uv, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return (0, 0)
    found = re.search(r"(\d+)\.(\d+)", shown)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _install_uv_with_pip() -> bool:
    """In a virtual environment of its own; False where the system's Python comes without pip."""
    commands = (
        [sys.executable, "-m", "venv", "--clear", str(TOOLS)],
        [
            str(TOOLS / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "uv",
        ],
    )
    done = (subprocess.run(command, capture_output=True, check=False) for command in commands)
    return all(each.returncode == 0 for each in done)


def _install_uv_from_wheel() -> None:
    """Debian's python3 has neither pip nor ensurepip: take uv's wheel from the package index itself."""
    try:
        with urllib.request.urlopen(INDEX, timeout=30) as answer:
            files = json.load(answer)["urls"]
        wheel = next(file for file in files if re.search(_wheel_pattern(), file["filename"]))
        with urllib.request.urlopen(urljoin(INDEX, wheel["url"]), timeout=120) as answer:  # noqa: S310 its checksum follows
            content = answer.read()
    except (OSError, StopIteration, ValueError) as error:
        raise CannotPrepare(
            f"uv could not be installed ({error}): install uv by hand and put it on PATH, then try again."
        ) from error
    if hashlib.sha256(content).hexdigest() != wheel["digests"]["sha256"]:
        raise CannotPrepare(
            "The downloaded uv does not have the checksum that the package index names; try again."
        )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        member = next(name for name in archive.namelist() if name.endswith(".data/scripts/uv"))
        binary = TOOLS / "bin" / "uv"
        binary.parent.mkdir(parents=True, exist_ok=True)
        binary.write_bytes(archive.read(member))
    binary.chmod(0o755)


def _wheel_pattern() -> str:
    machine = {"arm64": "aarch64", "amd64": "x86_64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    if sys.platform == "darwin":
        return rf"macosx_.*_{'arm64' if machine == 'aarch64' else machine}\.whl$"
    return (
        rf"manylinux.*_{machine}\S*\.whl$"
        if platform.libc_ver()[0] == "glibc"
        else rf"musllinux.*_{machine}\.whl$"
    )


def sync_packages(uv: str, *, is_for_developers: bool) -> None:
    """Install what uv.lock names; the demo's set is added to what is there, never taken away from it."""
    groups = (
        ["--all-groups"] if is_for_developers else ["--no-default-groups", "--group", "embedded", "--inexact"]
    )
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    environment["UV_PROJECT_ENVIRONMENT"] = str(ROOT / ".venv")
    is_first = not (ROOT / ".venv").exists()
    if is_first:
        say("Installing packages into .venv/ …")
    command = [uv, "sync", "--locked", "--quiet", *groups, "--python", sys.executable]
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode != 0:
        raise CannotPrepare("The packages could not be installed; uv says above why.")


def ensure_libraries() -> None:
    """Make sure of Pango and its companions: install them where this account may, else say what to do."""
    missing = missing_libraries()
    if not missing:
        return
    say(f"WeasyPrint, which makes the PDFs, needs {', '.join(missing)}.")
    command = _install_command()
    if command is None:
        raise CannotPrepare(
            "Install Pango 1.44 or newer with HarfBuzz and Fontconfig through your system's packages "
            "(`dnf install pango`, `pacman -S pango`, `apk add pango`), then try again."
        )
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    say(f"Running {' '.join(command)} …")
    if "apt-get" in command:
        update = [*command[: command.index("apt-get") + 1], "update", "-qq"]
        subprocess.run(update, env=environment, stdin=subprocess.DEVNULL, check=False)
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0 or missing_libraries():
        raise CannotPrepare(
            f"Pango could not be installed: run `{' '.join(command)}` by hand, then try again."
        )


def missing_libraries() -> list[str]:
    """The libraries that cannot be loaded, by their Linux names."""
    return [names[0] for names in LIBRARIES if not any(_loads(name) for name in names)]


def _loads(name: str) -> bool:
    for path in (name, *(f"{folder}/{name}" for folder in BREW_FOLDERS)):
        try:
            ctypes.CDLL(path)
        except OSError:
            continue
        return True
    return False


def _install_command() -> list[str] | None:
    """The command that installs the libraries without asking anything; None where there is none."""
    if sys.platform == "darwin":
        return ["brew", "install", "pango"] if shutil.which("brew") else None
    if shutil.which("apt-get") is None:
        return None
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *DEBIAN_PACKAGES]
    if os.geteuid() == 0:
        return install
    if _may_sudo():
        return ["sudo", "-n", *install]
    raise CannotPrepare(f"Run `sudo apt-get install {' '.join(DEBIAN_PACKAGES)}`, then try again.")


def _may_sudo() -> bool:
    if shutil.which("sudo") is None:
        return False
    return subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0


def main() -> None:
    if sys.argv[1:] not in (["demo"], ["dev"]):
        sys.exit("usage: scripts/bootstrap demo | dev")
    try:
        sync_packages(find_uv(), is_for_developers=sys.argv[1] == "dev")
        ensure_libraries()
    except CannotPrepare as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
