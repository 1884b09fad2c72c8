"""At the edge: after a write, a job that brings the numbers up to date. No view has to think of it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from agencyam.jobs import services as job_services
from agencyam.jobs.models import Job
from clients.changes.models import Change

REFRESH = "kpis.refresh"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def announce() -> Job | None:
    """The job that tells all changes up to now, and a hint to a worker; None where there are none.

    One job for each latest change: many writes in a row do not ask for the same work many times.
    """
    latest = Change.objects.pending().order_by("-pk").values_list("pk", flat=True).first()
    if latest is None:
        return None
    job = job_services.enqueue(kind=REFRESH, period_key=f"change-{latest}")
    job_services.hint_on_commit(job)
    return job


class AnnounceChangesMiddleware:
    """Announces what an HTTP request has written, once its transaction is over."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in _SAFE and hasattr(request, "agency"):
            announce()
        return response
