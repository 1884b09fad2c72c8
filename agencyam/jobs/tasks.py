"""The kernel's Celery tasks: the tick that beat sends each minute, and the one that runs a job."""

import logging

from celery import shared_task
from django.utils import timezone

from agencyam.jobs import dispatcher, runner, services
from agencyam.jobs.base import PublicTask
from agencyam.jobs.outbox import send_mail_job
from agencyam.jobs.registry import job_kind
from agencyam.tenancy.services import reap_half_made

logger = logging.getLogger(__name__)


@shared_task(name="agencyam.jobs.tick", base=PublicTask, time_limit=50, soft_time_limit=45, expires=60)
def tick(**_future: object) -> dict[str, int]:
    """Plan what is due, take back what died, hint what waits. Running it twice at once changes nothing."""
    now = timezone.now()
    planned = services.plan_due(now=now)
    swept = services.sweep(now=now)
    reaped = len(reap_half_made(now=now))
    return {"planned": planned, "swept": swept, "reaped": reaped, "hinted": dispatcher.dispatch()}


@shared_task(name="agencyam.jobs.run_job", base=PublicTask)
def run_job(*, job_id: int, **_future: object) -> str:
    """Run one job by id, then admit the next."""
    outcome = runner.run(job_id=job_id, now=timezone.now())
    dispatcher.dispatch()
    return outcome


@job_kind("mail.send", queue="interactive", time_limit=60)
def send_mail(*, outbox_id: int, is_second_copy: bool = False, **_future: object) -> None:
    send_mail_job(outbox_id=outbox_id, now=timezone.now(), is_second_copy=is_second_copy)
