from django.utils import timezone

from agencyam.jobs.registry import job_kind
from reports.qbr import services


@job_kind("reports.render_qbr", queue="pdf", time_limit=60)
def render_qbr(*, qbr_id: int, **_future: object) -> None:
    services.render_qbr(qbr_id=qbr_id, now=timezone.now())
