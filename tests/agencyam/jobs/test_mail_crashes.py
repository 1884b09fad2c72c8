"""Catalogue row J16: the sender is killed at each named point; nothing is sent twice to a client or lost silently."""

import multiprocessing
import signal
from multiprocessing import forkserver

import pytest

from accounts.models import OutboxEmail
from agencyam.tenancy.context import tenant_context
from reports.models import QBRDelivery, QBRLink
from tests.agencyam.jobs import mail_process
from tests.catalogue import report
from tests.factories.clients import ClientFactory, ContactFactory
from tests.reports import books
from tests.smtp import smtp_server
from tests.workers import database_url

POINTS = [
    "outbox.before_insert", "outbox.inserted", "test.committed", "job.claimed", "outbox.before_claim", "outbox.claimed",
    "outbox.connected", "smtp.data", "outbox.delivered", "outbox.settled", "job.worked", "job.finished",
]  # fmt: skip


@pytest.fixture(scope="module")
def forks(django_db_setup):
    """A fork server on the test's database that has Django ready: each process of a test is a fork of it."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([mail_process.__name__])
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database_url())
        environment.setenv("LOG_LEVEL", "CRITICAL")
        forkserver.ensure_running()
    return context


def _run(forks, kind: str, recorder, port: int, crash_at: str = "") -> int:
    """The exit status of a process that posts and works until it is done or dies."""
    recorder.mode, recorder.victim = "kill_at_data" if crash_at == "smtp.data" else "accept", None
    process = forks.Process(
        target=mail_process.run, kwargs={"kind": kind, "port": port, "crash_at": crash_at}
    )
    process.start()
    recorder.victim = process.pid
    process.join(timeout=60)
    recorder.mode = "accept"
    return process.exitcode


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
def test_j16_every_crash_point(scratch_agency, forks, kind):
    duplicates, lost, unknown, security_missing = [], [], [], []

    with smtp_server() as (recorder, port):
        for point in POINTS:
            recorder.messages.clear()
            with tenant_context(scratch_agency):
                _forget()
                if kind == "review":
                    _make_review()
            scratch_agency.jobs.all().delete()

            assert _run(forks, kind, recorder, port, crash_at=point) == -signal.SIGKILL
            assert _run(forks, kind, recorder, port) == 0

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
