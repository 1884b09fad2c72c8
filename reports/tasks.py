from django.utils import timezone

from accounts.selectors import get_settings
from agencyam.jobs.registry import job_kind
from agencyam.periods import local_day
from reports.qbr import services
from reports.qbr.builder import proofs
from reports.qbr.planning import batches, scheduling


@job_kind("reports.render_qbr", queue="pdf", time_limit=60)
def render_qbr(*, qbr_id: int, **_future: object) -> None:
    services.render_qbr(qbr_id=qbr_id, now=timezone.now())


@job_kind("reports.preview_qbr", queue="pdf", time_limit=60)
def preview_qbr(*, preview_id: int, attempt: int, **_future: object) -> None:
    """The pages of a draft, to look at."""
    proofs.render_preview(preview_id=preview_id, attempt=attempt, now=timezone.now())


@job_kind("reports.draft_qbr", queue="interactive", time_limit=60)
def draft_qbr(*, item_id: int, **_future: object) -> None:
    """One client of a batch."""
    today = local_day(timezone.now(), get_settings().time_zone)
    batches.make_item(item_id=item_id, today=today)


@job_kind("reports.draft_due_qbrs", queue="scheduled", time_limit=600)
def draft_due_qbrs(**_future: object) -> None:
    """Every draft that is due today or was missed."""
    scheduling.draft_due(now=timezone.now(), settings=get_settings())
