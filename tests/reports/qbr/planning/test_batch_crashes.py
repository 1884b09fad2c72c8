"""Catalogue row J16 for drafts: whoever makes a batch is killed at each named point; each client has one draft after all."""

import os
import signal
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from accounts.models import AuditEvent
from agencyam.jobs import runner, services
from agencyam.jobs.crashpoints import reach
from agencyam.jobs.models import Job
from agencyam.tenancy.context import tenant_context
from reports.models import QBR, QBRBatch, QBRBatchItem
from reports.qbr.planning import batches
from tests.catalogue import report
from tests.factories.accounts import MemberFactory
from tests.factories.clients import ClientFactory
from tests.reports import books

POINTS = ["batch.asked", "test.committed", "job.claimed", "batch.drafted", "job.worked", "job.finished"]


def ask(agency, clients, member):
    """What the web request does."""
    with tenant_context(agency):
        batches.start_batch(period=books.PERIOD, clients=clients, by=member, today=books.TODAY)
    reach("test.committed")


def work(agency):
    """What the workers do: run every waiting job, as often as the rules allow."""
    for step in range(1, 6):
        now = timezone.now() + timedelta(minutes=10 * step)
        services.sweep(now=now)
        for job in Job.objects.filter(agency=agency).due(now).order_by("pk"):
            runner.run(job_id=job.pk, now=now)


def die_at(point, agency, clients, member):
    """Ask and work in a process of its own that is killed at the point. Returns the signal that ended it."""
    child = os.fork()
    if not child:
        try:
            # The parent's connection is the parent's: the child opens its own.
            connection.connection = None
            os.environ["CRASH_AT"] = point
            ask(agency, clients, member)
            work(agency)
        finally:
            os._exit(1)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


def test_j16_every_point_of_a_batch(scratch_agency):
    lost, doubled, unfinished = [], [], []
    with tenant_context(scratch_agency):
        books.make_settings()
        member = MemberFactory()

    for point in POINTS:
        with tenant_context(scratch_agency):
            clients = [ClientFactory(), ClientFactory()]
            had = QBRBatch.objects.count()

        assert die_at(point, scratch_agency, clients, member) == signal.SIGKILL, point

        with tenant_context(scratch_agency):
            is_kept = QBRBatch.objects.count() > had
        if not is_kept:
            # The person has seen an error, nothing is half there, and they ask again.
            ask(scratch_agency, clients, member)
        work(scratch_agency)
        with tenant_context(scratch_agency):
            drafts = QBR.objects.filter(client__in=clients).count()
            trail = AuditEvent.objects.filter(action="qbr.create").count()
            items = QBRBatchItem.objects.filter(client__in=clients)
            lost += [point] * (drafts < 2 or items.count() != 2)
            doubled += [point] * (drafts > 2 or trail != QBR.objects.count())
            unfinished += [point] * any(not item.is_over or item.error for item in items)
            assert is_kept == (point != "batch.asked")

    left = Job.objects.filter(agency=scratch_agency).exclude(status="done").count()
    figures = {
        "points": len(POINTS),
        "lost": lost,
        "doubled": doubled,
        "unfinished": unfinished,
        "jobs": left,
    }
    report("J16", ok=not (lost or doubled or unfinished or left), kind="batch", **figures)
