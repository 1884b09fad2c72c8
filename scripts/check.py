"""Runs every static check and reports each with its seconds; `make check` calls it.

All checks run even when one fails, so that one run shows everything there is to repair.
"""

import os
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PACKAGES = ("agencyam", "accounts", "clients", "kpis", "onboarding", "reports")
# Nothing is asked of these servers: the checks read code. Only migrations are compared with real ones.
NO_SERVERS = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
TESTING = {**NO_SERVERS, "TESTING": "1"}
PRODUCTION = {
    **NO_SERVERS,
    "SECRET_KEY": secrets.token_urlsafe(60),
    "PUBLIC_HOST": "example.com",
    "DEMO": "0",
    "TESTING": "0",
}


@dataclass(frozen=True)
class Check:
    """One command that prints what is wrong and fails if anything is."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


def tool(name: str) -> str:
    return str(BIN / name)


CHECKS = (
    Check("format", (tool("ruff"), "format", "--check", "--quiet", ".")),
    Check("lint", (tool("ruff"), "check", "--quiet", ".")),
    Check("bans", (sys.executable, "scripts/check_bans.py")),
    Check("import direction", (tool("lint-imports"),)),
    Check("templates", (tool("djlint"), "templates", "--lint", "--quiet")),
    Check("translations", (sys.executable, "scripts/messages.py", "--check"), {"TESTING": "1"}),
    Check("vendored assets", (sys.executable, "scripts/vendor_assets.py", "--check")),
    Check(
        "deployment settings",
        (sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"),
        PRODUCTION,
    ),
    Check("migrations", (sys.executable, "scripts/check_migrations.py"), {"TESTING": "1"}),
    Check("types", (tool("mypy"), *PACKAGES, "manage.py", "scripts"), TESTING),
)


def passes(check: Check) -> bool:
    """Run one check; print its verdict, and its output if it fails."""
    begin = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        env={**os.environ, **check.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    verdict = "ok" if done.returncode == 0 else "FAILED"
    print(f"{check.name:<20} {verdict:<7} {time.monotonic() - begin:5.1f} s", flush=True)
    if done.returncode != 0:
        print(done.stdout, flush=True)
    return done.returncode == 0


def main() -> None:
    wanted = sys.argv[1:]
    failed = [check.name for check in CHECKS if (not wanted or check.name in wanted) and not passes(check)]
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}.")


if __name__ == "__main__":
    main()
