"""Catalogue row J16: the sender is killed at each named point; nothing is sent twice to a client or lost silently."""

import os
import subprocess
import sys

import pytest

from accounts.models import OutboxEmail
from agencyam.tenancy.context import tenant_context
from reports.models import QBRDelivery, QBRLink
from tests.catalogue import report
from tests.factories.clients import ClientFactory, ContactFactory
from tests.reports import books
from tests.smtp import smtp_server
from tests.workers import database_url

POINTS = [
    "outbox.before_insert", "outbox.inserted", "test.committed", "job.claimed", "outbox.before_claim", "outbox.claimed",
    "outbox.connected", "smtp.data", "outbox.delivered", "outbox.settled", "job.worked", "job.finished",
]  # fmt: skip


def _process(verb: str, kind: str, port: int, crash_at: str = "") -> subprocess.Popen:
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(port),
        "CRASH_AT": crash_at,
        "LOG_LEVEL": "CRITICAL",
    }
    command = [sys.executable, "-m", "tests.agencyam.jobs.mail_process", verb, kind]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def _crash(point: str, kind: str, port: int, recorder) -> None:
    process = _process("post", kind, port, crash_at=point)
    if point == "smtp.data":
        recorder.mode, recorder.victim = "kill_at_data", process.pid
    output, _ = process.communicate(timeout=60)
    recorder.mode = "accept"
    assert process.returncode == -9, output


def _recover(kind: str, port: int) -> None:
    process = _process("recover", kind, port)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output


def _make_review() -> None:
    """Another printed review with one reader: one that was sent stays sent."""
    books.make_settings()
    client = ClientFactory()
    ContactFactory(client=client, name="Ana", email="ana@client.example")
    books.make_printed(client)


def _forget() -> None:
    """No mail is left of the point before."""
    QBRDelivery.objects.all().delete()
    QBRLink.objects.all().delete()
    OutboxEmail.objects.all().delete()


@pytest.mark.parametrize("kind", ["client", "security", "review"])
def test_j16_every_crash_point(scratch_agency, kind):
    duplicates, lost, unknown, security_missing = [], [], [], []

    with smtp_server() as (recorder, port):
        for point in POINTS:
            recorder.messages.clear()
            with tenant_context(scratch_agency):
                _forget()
                if kind == "review":
                    _make_review()
            scratch_agency.jobs.all().delete()

            _crash(point, kind, port, recorder)
            _recover(kind, port)

            with tenant_context(scratch_agency):
                mail = OutboxEmail.objects.get()
            sent = len(recorder.messages)
            if kind != "security":
                duplicates += [point] * (sent > 1)
                unknown += [point] * (mail.state == "unknown")
                lost += [point] * (
                    mail.state not in {"sent", "unknown"} or (sent == 0 and mail.state == "sent")
                )
            else:
                security_missing += [point] * (sent < 1 or mail.state != "sent")
            assert {message["Message-ID"] for message in recorder.messages} <= {mail.message_id}

    figures = {"points": len(POINTS), "duplicates": duplicates, "lost": lost, "unknown": unknown}
    if kind == "security":
        figures = {"points": len(POINTS), "not_sent": security_missing}
    report("J16", ok=not (duplicates or lost or security_missing), kind=kind, **figures)
