"""Job kinds for the tests, loaded by the test process and by the workers that tests start."""

import ctypes
import os
import resource
import signal
from pathlib import Path

from accounts.models import AgencySettings
from agencyam.exceptions import Refused
from agencyam.jobs.registry import job_kind


class CannotDoThis(Refused):
    """A refusal that no retry will change."""


@job_kind("test.count", queue="interactive", time_limit=5)
def count(*, name="counted", **_future):
    settings = AgencySettings.objects.get_solo()
    AgencySettings.objects.filter(pk=settings.pk).update(name=f"{settings.name}|{name}")


@job_kind("test.fail", queue="interactive", time_limit=5)
def fail(**_future):
    raise LookupError("planted")


@job_kind("test.refuse", queue="interactive", time_limit=5)
def refuse(**_future):
    raise CannotDoThis("Not today.")


@job_kind("test.killed", queue="interactive", time_limit=5)
def killed(**_future):
    os.kill(os.getpid(), signal.SIGKILL)


@job_kind("test.out_of_memory", queue="interactive", time_limit=5)
def out_of_memory(**_future):
    """Die as the system's memory killer would have it, at 200 MB above the present size."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 200_000_000, used + 200_000_000))
    try:
        bytearray(1_000_000_000)
    except MemoryError:
        os.kill(os.getpid(), signal.SIGKILL)


@job_kind("test.segfault", queue="interactive", time_limit=5)
def segfault(**_future):
    ctypes.string_at(0)
