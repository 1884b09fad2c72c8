"""Drafts for many clients at once: one job for each, and a list at the end of what came of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.permissions import sees_all_clients
from accounts.selectors import get_settings
from accounts.services import audit
from agencyam.exceptions import Refused
from agencyam.jobs import services as job_services
from agencyam.jobs.crashpoints import reach
from agencyam.jobs.models import Job
from agencyam.jobs.runner import hold_fence
from agencyam.periods import Period
from agencyam.tenancy.context import current_agency
from clients.book import selectors as book_selectors
from clients.book.models import Client
from reports.qbr import selectors
from reports.qbr.models import HEAVY, QBRBatch, QBRBatchItem
from reports.qbr.stages import services as stages

JOB_KIND = "reports.draft_qbr"
GAVE_UP = "The draft could not be made, although it was tried several times."


class CannotStartBatch(Refused):
    """There is no client to make a review for."""


@dataclass(frozen=True)
class BatchRow:
    """What came of one client: a review that was made or found, or in words why there is none."""

    item: QBRBatchItem
    error: str

    @property
    def is_over(self) -> bool:
        return self.item.qbr_id is not None or bool(self.error)


@dataclass(frozen=True)
class BatchProgress:
    """A batch as one member sees it: rows of their clients, by name."""

    batch: QBRBatch
    rows: list[BatchRow]

    @property
    def of(self) -> int:
        return len(self.rows)

    @property
    def done(self) -> int:
        return sum(row.is_over for row in self.rows)

    @property
    def is_over(self) -> bool:
        return self.done == self.of

    @property
    def in_words(self) -> str:
        return f"{self.done} of {self.of} clients"

    @property
    def made(self) -> int:
        return sum(row.item.is_new for row in self.rows)

    @property
    def failed(self) -> int:
        return sum(bool(row.error) for row in self.rows)

    @property
    def found(self) -> int:
        """Reviews that were there before."""
        return self.done - self.made - self.failed


@transaction.atomic
def start_batch(*, period: Period, clients: Sequence[Client], by: User, today: date) -> QBRBatch:
    """Ask for a draft for each client. Raises CannotStartBatch, CannotCreateQBR."""
    stages.refuse_future(period=period, today=today)
    if not clients:
        raise CannotStartBatch("There is no client among these to make a review for.")
    batch = QBRBatch(period_start=period.start, period_end=period.end, requested_by=by)
    batch.full_clean()
    batch.save(force_insert=True)
    items = QBRBatchItem.objects.bulk_create(QBRBatchItem(batch=batch, client=each) for each in clients)
    for item in items:
        job_services.enqueue(kind=JOB_KIND, period_key=item.job_key, payload={"item_id": item.pk})
    changes = {"period": str(period.label), "clients": len(items)}
    audit.record(by=by, action="qbr.batch", target=batch, changes=changes)
    reach("batch.asked")
    return batch


@transaction.atomic
def make_item(*, item_id: int, today: date) -> QBRBatchItem:
    """Make or find the review of one client of a batch. Done once: a second call changes nothing."""
    hold_fence()
    item = (
        QBRBatchItem.objects.select_for_update(of=("self",)).select_related("batch", "client").get(pk=item_id)
    )
    if item.is_over:
        return item
    client, period = Client.objects.select_for_update().get(pk=item.client_id), item.batch.period
    earlier = selectors.find_latest_version(client=client, period=period)
    try:
        with transaction.atomic():
            item.qbr = earlier or stages.create_draft(
                client=client, period=period, by=item.batch.requested_by, today=today
            )
    except Refused as error:
        item.error = str(error)
    item.is_new = item.qbr is not None and earlier is None
    item.save(update_fields=["qbr", "is_new", "error"])
    reach("batch.drafted")
    return item


def list_clients(*, user: User, today: date, whose: str) -> list[Client]:
    """Clients of today, by name: the member's `own`, or `all` that they may see."""
    clients = book_selectors.visible_clients(user=user, today=today).active_on(today)
    if whose == "own":
        clients = clients & Client.objects.assigned_to(user, today)
    return list(clients.order_by("name", "pk"))


def get_batch(*, user: User, batch_id: int, today: date) -> BatchProgress:
    """How far a batch is. Raises QBRBatch.DoesNotExist, also where it is another's and none of the member's."""
    is_private = get_settings().is_portfolio_private
    batches = QBRBatch.objects.select_related("requested_by")
    if not sees_all_clients(user, is_portfolio_private=is_private):
        batches = batches.filter(requested_by=user)
    batch = batches.get(pk=batch_id)
    visible = book_selectors.visible_clients(user=user, today=today)
    items = batch.items.filter(client__in=visible.values("pk")).select_related("client", "qbr")
    items = items.defer(*(f"qbr__{name}" for name in HEAVY))
    dead = _given_up(batch)
    rows = [
        BatchRow(item=item, error=item.error or (GAVE_UP if item.job_key in dead and not item.qbr_id else ""))
        for item in items.order_by("client__name", "client_id")
    ]
    return BatchProgress(batch=batch, rows=rows)


def _given_up(batch: QBRBatch) -> set[str]:
    """Keys of the jobs of a batch that will not be tried again."""
    jobs = Job.objects.filter(
        agency_id=current_agency().pk, kind=JOB_KIND, period_key__startswith=f"batch:{batch.pk}:"
    )
    over = [Job.Status.DEAD, Job.Status.FAILED, Job.Status.SKIPPED]
    return set(jobs.filter(status__in=over).values_list("period_key", flat=True))


def find_batch_job(*, batch: QBRBatch) -> Job | None:
    """A waiting job of the batch; waking one wakes all."""
    jobs = Job.objects.filter(
        agency_id=current_agency().pk, kind=JOB_KIND, period_key__startswith=f"batch:{batch.pk}:"
    )
    return jobs.filter(status=Job.Status.QUEUED).first()
