"""What each process of the crash tests does: post a mail and work it off, or settle what an earlier one left.

Their fork server imports this module once, so that a process begins with Django ready instead of starting it.
"""

import os
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agencyam.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402
from django.urls import get_resolver  # noqa: E402
from django.utils import timezone  # noqa: E402

from agencyam.jobs import outbox, runner, services, tasks  # noqa: E402
from agencyam.jobs.crashpoints import reach  # noqa: E402
from agencyam.jobs.models import Job  # noqa: E402
from agencyam.tenancy.context import tenant_context  # noqa: E402
from agencyam.tenancy.models import Agency  # noqa: E402
from reports.models import QBR  # noqa: E402
from reports.qbr.delivery.sending import send_qbr  # noqa: E402

assert tasks
assert get_resolver().url_patterns


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


def run(*, kind: str, port: int, crash_at: str) -> None:
    """Post and work in this process, which mails to the port and dies at the named point."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    os.environ["CRASH_AT"] = crash_at
    post(kind)
    work()
