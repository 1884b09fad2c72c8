"""A process of its own for the crash tests of alerts: tells one cause after another, dying and starting anew.

Run as `python -m tests.kpis.alerts.crash_process POINT…`. For each point a child raises a late reply,
dies where it was told to, and another child does all of it again. Prints how each of those that should die ended.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agencyam.settings")
django.setup()

from django.template.loader import get_template  # noqa: E402
from django.urls import get_resolver  # noqa: E402
from django.utils import timezone  # noqa: E402

from agencyam.jobs import runner, services, tasks  # noqa: E402
from agencyam.jobs.crashpoints import reach  # noqa: E402
from agencyam.jobs.models import Job  # noqa: E402
from agencyam.tenancy.context import tenant_context  # noqa: E402
from agencyam.tenancy.models import Agency  # noqa: E402
from kpis.alerts.rules import Rule  # noqa: E402
from kpis.alerts.tasks import look  # noqa: E402
from tests.kpis.alerts.news import NOW, ask, make_client  # noqa: E402

assert tasks
LATE = frozenset({Rule.LATE_REPLY})


def raise_cause(name: str, at: datetime) -> None:
    """A message that has waited for longer than promised, on the evening before `at`."""
    with tenant_context(Agency.objects.get(slug="scratch")):
        ask(make_client(name), at - timedelta(days=2))
        Job.objects.all().delete()


def tell(at: datetime) -> None:
    """What a worker does: look for causes in the evening and in the morning, and send what that wrote."""
    with tenant_context(Agency.objects.get(slug="scratch")):
        look(now=at - timedelta(hours=14), rules=LATE)
        look(now=at, rules=LATE)
    reach("test.committed")
    for step in range(1, 5):
        now = timezone.now() + timedelta(minutes=10 * step)
        services.sweep(now=now)
        for job in Job.objects.filter(kind="mail.send").due(now).order_by("pk"):
            runner.run(job_id=job.pk, now=now)


def child(work: Callable[[], None], crash_at: str = "") -> int:
    """Do it in a process that begins without a connection. Returns its exit code, below 0 for a signal."""
    pid = os.fork()
    if pid == 0:
        os.environ["CRASH_AT"] = crash_at
        work()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def warm_up() -> None:
    """Load once what each child would load for itself: the pages' addresses and the templates of the mail."""
    assert get_resolver().url_patterns
    for template in ("alert", "digest"):
        get_template(f"kpis/email/{template}.txt")
        get_template(f"kpis/email/{template}.html")


def crash_everywhere(points: list[str]) -> dict[str, tuple[int, int]]:
    ends = {}
    warm_up()
    for number, point in enumerate(points):
        at = NOW.replace(hour=9) + timedelta(days=number)
        child(lambda name=f"client {number}", at=at: raise_cause(name, at))
        ends[point] = child(lambda at=at: tell(at), point), child(lambda at=at: tell(at))
    return ends


if __name__ == "__main__":
    sys.stdout.write(json.dumps(crash_everywhere(sys.argv[1:])))
