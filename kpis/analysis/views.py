from datetime import date
from functools import partial
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from accounts.permissions import MemberRequest, require
from accounts.roles import Permission
from agencyam.htmx import render_page
from agencyam.periods import BadPeriod
from kpis.analysis.cohort_cell import cell_table, get_cell_page
from kpis.analysis.cohorts import cohorts_table, get_cohorts_page
from kpis.analysis.csv_file import csv_answer
from kpis.analysis.exports import bridge_table, movements_table, reported_table
from kpis.analysis.lifetime import get_lifetime_page, tenure_table
from kpis.analysis.movements import DEFAULT_SORT, get_movements_page
from kpis.analysis.question import place_of
from kpis.analysis.response_times import get_response_times_page, waits_table
from kpis.analysis.steps import BY_KEY
from kpis.analysis.waterfall import get_waterfall_page
from kpis.asked import REPORTED, Asked, keep_address, read_address
from kpis.frozen.months import parse_month


@require(Permission.KPI_VIEW)
@require_safe
def waterfall(request: MemberRequest) -> HttpResponse:
    """How MRR came from its opening to its closing, bar by bar."""
    asked = read_address(request)
    context = {"asked": asked, "page": get_waterfall_page(asked)}
    response = render_page(request, "kpis/waterfall.html", context, partial="waterfall")
    return keep_address(response, request, asked)


@require(Permission.KPI_VIEW)
@require_safe
def waterfall_export(request: MemberRequest) -> HttpResponse:
    """The bridge as a CSV file."""
    asked = read_address(request)
    return csv_answer(["waterfall", place_of(asked)], *bridge_table(asked))


@require(Permission.KPI_VIEW)
@require_safe
def waterfall_step(request: MemberRequest, step: str) -> HttpResponse:
    """The rows behind one bar, whose sum is the bar, each with its contract lines."""
    _known_step(step)
    asked = read_address(request)
    page = get_movements_page(
        asked=asked,
        step=step,
        user=request.user,
        address=_own_address(request, asked),
        sort=request.GET.get("sort", DEFAULT_SORT),
        number=request.GET.get("page", ""),
    )
    response = render_page(
        request, "kpis/waterfall_step.html", {"asked": asked, "page": page}, partial="waterfall-step"
    )
    return keep_address(response, request, asked)


@require(Permission.KPI_VIEW)
@require_safe
def waterfall_step_export(request: MemberRequest, step: str) -> HttpResponse:
    """All rows behind one bar as a CSV file: as known, or those of a closed month's report."""
    _known_step(step)
    asked, is_report = read_address(request), request.GET.get("rows") == REPORTED
    known = partial(movements_table, user=request.user)
    table = (reported_table if is_report else known)(asked=asked, step=step)
    if table is None:
        raise Http404("There is no report of this bar.")
    name = ["waterfall", BY_KEY[step].label, place_of(asked), REPORTED if is_report else ""]
    return csv_answer(name, *table)


@require(Permission.KPI_VIEW)
@require_safe
def cohorts(request: MemberRequest) -> HttpResponse:
    """Clients by the month of their first recurring revenue, and how many, or how much of it, stayed."""
    asked = read_address(request)
    context = {"asked": asked, "page": get_cohorts_page(asked, request.GET.get("show", ""))}
    response = render_page(request, "kpis/cohorts.html", context, partial="cohorts")
    return keep_address(response, request, asked)


@require(Permission.KPI_VIEW)
@require_safe
def cohorts_export(request: MemberRequest) -> HttpResponse:
    """Every cohort and month as a CSV file."""
    asked = read_address(request)
    return csv_answer(["cohorts", place_of(asked)], *cohorts_table(asked))


@require(Permission.KPI_VIEW)
@require_safe
def cohort_cell(request: MemberRequest, month: str, age: int) -> HttpResponse:
    """The clients behind a cell of the cohorts: those that were kept by then, and those that were lost."""
    asked = read_address(request)
    page = get_cell_page(
        asked=asked,
        month=_month_or_404(month),
        age=age,
        user=request.user,
        address=_own_address(request, asked),
        sort=request.GET.get("sort", ""),
    )
    if page is None:
        raise Http404("There is no such cell.")
    context = {"asked": asked, "page": page}
    response = render_page(request, "kpis/cohort_cell.html", context, partial="cohort-cell")
    return keep_address(response, request, asked)


@require(Permission.KPI_VIEW)
@require_safe
def cohort_cell_export(request: MemberRequest, month: str, age: int) -> HttpResponse:
    """The clients behind a cell of the cohorts as a CSV file."""
    asked = read_address(request)
    table = cell_table(asked, _month_or_404(month), age)
    return csv_answer(["cohort", month, f"m{age}", place_of(asked)], *table)


@require(Permission.KPI_VIEW)
@require_safe
def response_times(request: MemberRequest) -> HttpResponse:
    """How long clients waited for a reply, against what they were promised."""
    asked = read_address(request)
    page = get_response_times_page(
        asked=asked,
        show=request.GET.get("show", ""),
        promise=request.GET.get("promise", ""),
        user=request.user,
        address=_own_address(request, asked),
        number=request.GET.get("page", ""),
    )
    context = {"asked": asked, "page": page}
    response = render_page(request, "kpis/response_times.html", context, partial="response-times")
    return keep_address(response, request, asked)


@require(Permission.KPI_VIEW)
@require_safe
def response_times_export(request: MemberRequest) -> HttpResponse:
    """Every wait of the period as a CSV file."""
    asked = read_address(request)
    table = waits_table(asked, request.GET.get("show", ""))
    return csv_answer(["response-times", place_of(asked)], *table)


@require(Permission.KPI_VIEW)
@require_safe
def lifetime(request: MemberRequest) -> HttpResponse:
    """What a client is worth over its life, and how long clients stay."""
    asked = read_address(request)
    context = {"asked": asked, "page": get_lifetime_page(asked)}
    response = render_page(request, "kpis/lifetime.html", context, partial="lifetime")
    return keep_address(response, request, asked)


@require(Permission.KPI_VIEW)
@require_safe
def lifetime_export(request: MemberRequest) -> HttpResponse:
    """The steps of the survival curve as a CSV file."""
    asked = read_address(request)
    return csv_answer(["lifetime", place_of(asked)], *tenure_table(asked))


def _month_or_404(month: str) -> date:
    try:
        return parse_month(month).start
    except BadPeriod as error:
        raise Http404(str(error)) from error


def _known_step(step: str) -> None:
    if step not in BY_KEY:
        raise Http404("The waterfall has no such step.")


def _own_address(request: MemberRequest, asked: Asked) -> str:
    """This page as one comes back to it: what was asked for, its sorting and its page of rows."""
    number = request.GET.get("page", "")
    rest = urlencode([*asked.others, *([("page", number)] if number else [])])
    return f"{request.path}{asked.query}" + (f"&{rest}" if rest else "")
