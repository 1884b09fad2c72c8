"""A process of its own for the crash tests: posts a mail, or settles what an earlier one left.

Run as `python -m tests.agencyam.jobs.mail_process post|recover client|security|review`; dies where CRASH_AT says.
"""

import os
import sys
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agencyam.settings")
django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from agencyam.jobs import outbox, runner, services, tasks  # noqa: E402
from agencyam.jobs.crashpoints import reach  # noqa: E402
from agencyam.jobs.models import Job  # noqa: E402
from agencyam.tenancy.context import tenant_context  # noqa: E402
from agencyam.tenancy.models import Agency  # noqa: E402
from reports.models import QBR  # noqa: E402
from reports.qbr.delivery.sending import send_qbr  # noqa: E402

assert tasks


def post(kind: str) -> None:
    """What a web request does: the mail in one transaction, committed or not at all."""
    with tenant_context(Agency.objects.get(slug="scratch")):
        if kind == "review":
            now = timezone.now()
            send_qbr(qbr=QBR.objects.latest("pk"), by=None, today=now.date(), now=now)
            reach("test.committed")
            return
        with transaction.atomic():
            outbox.post(
                key="qbr:book:client:2026Q1:ana@client.example",
                to="ana@client.example",
                subject="Your review",
                text="Attached.",
                attachments=[("review.pdf", b"%PDF-1.7 \x00\xff", "application/pdf")],
                is_client_mail=kind == "client",
                may_repeat=kind == "security",
            )
        reach("test.committed")


def work() -> None:
    """What the workers do: run every waiting job, as often as the rules allow."""
    for step in range(1, 6):
        now = timezone.now() + timedelta(minutes=10 * step)
        services.sweep(now=now)
        for job in Job.objects.filter(agency__slug="scratch").due(now).order_by("pk"):
            runner.run(job_id=job.pk, now=now)


if __name__ == "__main__":
    if sys.argv[1] == "post":
        post(sys.argv[2])
        work()
    elif sys.argv[1] == "recover":
        os.environ.pop("CRASH_AT", None)
        post(sys.argv[2])
        work()
