"""Which waiting jobs get a message now: fair over agencies, few messages at once.

An agency runs at most two jobs; agencies take turns, the one served longest ago first; no more hints are
out than the workers can soon take. Everything else waits as rows.
"""

import logging
import time
from datetime import timedelta

from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from agencyam.jobs.models import Job, Queue
from agencyam.jobs.registry import get_kind, list_kinds

logger = logging.getLogger(__name__)
MAX_PER_AGENCY = 2
HINT_LIVES = timedelta(seconds=120)
RUN_JOB = "agencyam.jobs.run_job"
# Half a tick.
PAUSE_SECONDS = 30.0

_ADMIT = """
WITH out AS (
    SELECT agency_id, count(*) AS n FROM jobs_job
    WHERE status = 'running' OR (status = 'queued' AND hinted_at > statement_timestamp() - %(lives)s)
    GROUP BY agency_id
), served AS (
    SELECT agency_id, max(started_at) AS last FROM jobs_job
    WHERE started_at > statement_timestamp() - interval '1 day' GROUP BY agency_id
), waiting AS (
    SELECT j.id, j.agency_id,
           coalesce(o.n, 0)
               + row_number() OVER (PARTITION BY j.agency_id ORDER BY j.available_at, j.id) AS place
    FROM jobs_job j LEFT JOIN out o USING (agency_id)
    WHERE j.status = 'queued' AND j.queue = %(queue)s AND j.available_at <= statement_timestamp()
      AND j.kind = ANY(%(kinds)s)
      AND (j.hinted_at IS NULL OR j.hinted_at <= statement_timestamp() - %(lives)s)
), admitted AS (
    SELECT w.id FROM waiting w LEFT JOIN served s USING (agency_id)
    WHERE w.place <= %(per_agency)s
    ORDER BY w.place, s.last NULLS FIRST, w.id
    LIMIT greatest(0, %(slots)s - (
        SELECT count(*) FROM jobs_job
        WHERE queue = %(queue)s AND status = 'queued' AND hinted_at > statement_timestamp() - %(lives)s
    ))
)
UPDATE jobs_job SET hinted_at = statement_timestamp() WHERE id IN (SELECT id FROM admitted) AND status = 'queued'
RETURNING id, kind
"""


class Breaker:
    """After a message that did not leave, this process spares whoever waits for a page the next tries."""

    def __init__(self) -> None:
        self._missed_at = float("-inf")

    @property
    def is_open(self) -> bool:
        return time.monotonic() - self._missed_at < PAUSE_SECONDS

    def trip(self) -> None:
        self._missed_at = time.monotonic()


breaker = Breaker()


def nudge(queue: str) -> int:
    """`dispatch` a queue while somebody waits for a page: not to a broker that was missed a moment ago.

    What gets no hint now gets one at the next tick, or at the first nudge after the pause.
    """
    return 0 if breaker.is_open else dispatch(queues=[queue])


def dispatch(*, queues: list[str] | None = None) -> int:
    """Send hints for the jobs whose turn it is. Returns how many. Never raises for an unreachable broker."""
    sent = 0
    for queue in queues or [choice.value for choice in Queue]:
        admitted = admit(queue)
        for place, (job_id, kind) in enumerate(admitted):
            if not _hint(job_id, kind, queue):
                _take_back(admitted[place:])
                return sent
            sent += 1
    return sent


@transaction.atomic
def admit(queue: str) -> list[tuple[int, str]]:
    """Mark the jobs of a queue whose turn it is as hinted. Returns (job id, kind)."""
    with connection.cursor() as cursor:
        # One at a time, and everybody gets a turn: who finishes a job last must see that the place is free.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"dispatch:{queue}"])
        parameters = {
            "queue": queue,
            "lives": HINT_LIVES,
            "per_agency": MAX_PER_AGENCY,
            "slots": 2 * settings.JOBS_WORKER_SLOTS,
            # While a release goes out, jobs of its new kinds wait for a process that knows them.
            "kinds": [kind.name for kind in list_kinds()],
        }
        cursor.execute(_ADMIT, parameters)
        return cursor.fetchall()


def _hint(job_id: int, kind: str, queue: str) -> bool:
    limit = get_kind(kind).time_limit
    try:
        current_app.send_task(
            RUN_JOB,
            kwargs={"job_id": job_id},
            queue=queue,
            time_limit=limit,
            soft_time_limit=max(limit - 10, 1),
            expires=HINT_LIVES.total_seconds(),
        )
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("Broker unreachable (%s); the job waits for the next tick.", type(error).__name__)
        breaker.trip()
        return False
    return True


def _take_back(admitted: list[tuple[int, str]]) -> None:
    """The jobs whose message did not leave wait for the next tick, as if they had not been admitted."""
    Job.objects.filter(pk__in=[job_id for job_id, _ in admitted]).update(hinted_at=None)
