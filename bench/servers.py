"""Runs a benchmark's module on throwaway servers with a migrated database: nothing of it is left behind."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from agencyam.embedded.throwaway import throwaway_servers

ROOT = Path(__file__).resolve().parent.parent
_RUN = (
    "import django, runpy, sys; django.setup(); "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)


def command_for(module: str, *arguments: str) -> list[str]:
    """The command that runs a module as a program with Django set up."""
    return [sys.executable, "-c", _RUN, module, *arguments]


def run_on_throwaway_servers(module: str, arguments: Sequence[str]) -> int:
    """Run `module` as a program with Django set up. Returns its exit status."""
    if {"-h", "--help"} & set(arguments):
        return subprocess.run(
            command_for(module, "--help"), cwd=ROOT, env=_environment(), check=False
        ).returncode
    with throwaway_servers() as servers:
        environment = _environment(
            DATABASE_URL=servers.database_url, REDIS_URL=servers.redis_url, CACHE_URL=servers.cache_url
        )
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
        command = command_for(module, *arguments)
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def _environment(**names: str) -> dict[str, str]:
    """Settings as in production, but for what needs a certificate or a secret."""
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "agencyam.settings", "TESTING": "1", **names}
