from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import MemberRequest, require
from accounts.roles import Permission
from agencyam.htmx import hx_redirect, render_page
from agencyam.jobs import services as job_services
from agencyam.jobs.models import Job
from agencyam.jobs.selectors import find_job
from kpis.asked import read_address
from kpis.computations import request_computation
from kpis.drill_down import get_drill_down
from kpis.formulas.catalogue import DEFINITIONS
from kpis.scorecard import get_scorecard

BROKEN = "Something broke on our side; it was written down. Nothing that was stored before has changed."


@require(Permission.KPI_VIEW)
@require_safe
def scorecard(request: MemberRequest) -> HttpResponse:
    """All KPIs of a period and slice, each with target, status, n, interval and a line of twelve months."""
    asked = read_address(request)
    settings = asked.moment.settings
    page = get_scorecard(
        period=asked.period, by=asked.by, key=asked.key, currency=settings.currency, locale=settings.locale
    )
    return render_page(request, "kpis/scorecard.html", {"asked": asked, "page": page}, partial="scorecard")


@require(Permission.KPI_VIEW)
@require_safe
def kpi_detail(request: MemberRequest, kpi: str) -> HttpResponse:
    """One number: what it means, how it moved, and the rows that it is made of."""
    if kpi not in DEFINITIONS:
        raise Http404("There is no such KPI.")
    asked = read_address(request)
    context = {"asked": asked, "page": get_drill_down(kpi=kpi, asked=asked)}
    return render_page(request, "kpis/kpi_detail.html", context, partial="kpi-detail")


@require(Permission.KPI_VIEW)
@require_POST
def kpis_compute(request: MemberRequest) -> HttpResponse:
    """Ask for the numbers of a period that nobody has computed yet, or for fresh ones."""
    asked = read_address(request)
    job = request_computation(period=asked.period, as_of=asked.as_of, by=asked.by, now=asked.moment.now)
    job_services.hint_on_commit(job)
    return hx_redirect(request, reverse("kpis:kpis-compute-status", args=[job.pk]) + asked.query)


@require(Permission.KPI_VIEW)
@require_safe
def kpis_compute_status(request: MemberRequest, job_id: int) -> HttpResponse:
    """Progress of a computation; leads back to the scorecard when it is done."""
    asked, job = read_address(request), find_job(job_id)
    if job is None or job.kind != "kpis.compute_on_demand":
        raise Http404("There is no such computation.")
    if job.status == Job.Status.DONE:
        return hx_redirect(request, asked.scorecard_url)
    # Why a job was refused is written for people; what else goes wrong is for the log.
    problem = job.error if job.status == Job.Status.FAILED else BROKEN
    context = {"asked": asked, "job": job, "problem": problem}
    return render_page(request, "kpis/kpis_compute_status.html", context, partial="progress")
