from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from accounts.permissions import MemberRequest, require
from accounts.roles import Permission
from agencyam.htmx import render_page
from agencyam.periods import BadPeriod
from kpis.asked import read_address
from kpis.frozen.months import parse_month
from kpis.frozen.pages import get_month_page, has_begun, list_month_rows, of_month


@require(Permission.KPI_VIEW)
@require_safe
def months_list(request: MemberRequest) -> HttpResponse:
    """The months: open, provisional, closed, and in how many KPIs they are others now."""
    asked = read_address(request)
    context = {"asked": asked, "months": list_month_rows(asked)}
    return render_page(request, "kpis/months_list.html", context, partial="months")


@require(Permission.KPI_VIEW)
@require_safe
def months_detail(request: MemberRequest, month: str) -> HttpResponse:
    """One month: what was restated of it, by which rows, and by whom."""
    asked = read_address(request)
    try:
        period = parse_month(month)
    except BadPeriod as error:
        raise Http404(str(error)) from error
    if not has_begun(period, asked.moment.today):
        raise Http404("This month has not begun.")
    context = {"asked": of_month(asked, period), "page": get_month_page(asked, period)}
    return render_page(request, "kpis/months_detail.html", context, partial="month")
