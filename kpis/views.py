from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from accounts.permissions import MemberRequest, require
from accounts.roles import Permission
from agencyam.htmx import render_page
from kpis.asked import REPORTED, keep_address, read_address
from kpis.drill_down import get_drill_down
from kpis.evidence.export import TYPES, file_name
from kpis.evidence.table import make_table
from kpis.formulas.catalogue import DEFINITIONS
from kpis.number_file import export_number, export_report
from kpis.scorecard import get_scorecard


@require(Permission.KPI_VIEW)
@require_safe
def scorecard(request: MemberRequest) -> HttpResponse:
    """All KPIs of a period and slice, each with target, status, n, interval and a line of 24 months."""
    asked = read_address(request)
    context = {"asked": asked, "page": get_scorecard(asked)}
    response = render_page(request, "kpis/scorecard.html", context, partial="scorecard")
    return keep_address(response, request, asked)


@require(Permission.KPI_VIEW)
@require_safe
def kpi_detail(request: MemberRequest, kpi: str) -> HttpResponse:
    """One number: what it means, how it moved, and the rows that it is made of."""
    if kpi not in DEFINITIONS:
        raise Http404("There is no such KPI.")
    asked = read_address(request)
    wishes = request.GET.dict()
    page = get_drill_down(
        kpi=kpi,
        asked=asked,
        user=request.user,
        parts_by=wishes.get("parts", ""),
        part_page=wishes.get("part_page", ""),
    )
    table = make_table(page.evidence, kpi=kpi, asked=asked, user=request.user, wishes=wishes)
    context = {"asked": asked, "page": page, "table": table}
    response = render_page(request, "kpis/kpi_detail.html", context, partial="kpi-detail")
    return keep_address(response, request, asked)


@require(Permission.KPI_VIEW)
@require_safe
def kpi_rows(request: MemberRequest, kpi: str, kind: str) -> HttpResponse:
    """All rows behind a number as a file: as known, counted or not, or those of a closed month's report."""
    if kpi not in DEFINITIONS or kind not in TYPES:
        raise Http404("There is no such file.")
    asked, is_report = read_address(request), request.GET.get("rows") == REPORTED
    content = (export_report if is_report else export_number)(kpi=kpi, asked=asked, kind=kind)
    if content is None:
        raise Http404("There is no report of this number.")
    name = file_name(kpi, f"{asked.period_name}-reported" if is_report else asked.period_name, kind)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=TYPES[kind], headers=headers)
