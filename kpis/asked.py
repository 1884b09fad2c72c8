"""What a page was asked for in its address: period, slice, and whether the member may see it."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from accounts.moment import Moment, moment_of
from accounts.permissions import MemberRequest, sees_all_clients
from agencyam.periods import (
    BadPeriod,
    Period,
    add_months,
    month_of,
    parse_period,
    quarter_of,
    trailing_year,
    within_reach,
)
from clients.book import selectors as book_selectors


@dataclass(frozen=True)
class Asked:
    """A period and a slice (the agency, or one account manager by book id), as the address names them."""

    moment: Moment
    period: Period
    period_name: str
    by: str
    key: str
    label: str
    managers: list[User]
    error: str = ""

    @property
    def is_own_only(self) -> bool:
        """Whether the member may see no other slice than their own."""
        return not self.managers and self.by == "am"

    @property
    def as_of(self) -> date:
        """The last day that is known: today, as for what is stored, so that both say the same."""
        return self.moment.today

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Periods to choose from: what is usually looked at, then the last twelve closed months."""
        today = self.moment.today
        quarter = quarter_of(today, self.moment.settings.fiscal_year_start_month)
        named = [
            ("ttm", "Last 12 months"),
            (f"{today:%Y-%m}", f"{today:%B %Y} so far"),
            (f"{quarter.start}..{quarter.end}", "This quarter so far"),
        ]
        months = [month_of(add_months(today.replace(day=1), -back)) for back in range(1, 13)]
        listed = [*named, *((f"{month.start:%Y-%m}", month.label) for month in months)]
        if self.period_name not in dict(listed):
            listed.append((self.period_name, self.period.label))
        return listed

    @property
    def query(self) -> str:
        """The query string that names this period and slice on any other page."""
        slice_ = {"am": self.key} if self.by == "am" and not self.is_own_only else {}
        return f"?{urlencode({'period': self.period_name} | slice_)}"

    @property
    def scorecard_url(self) -> str:
        return reverse("kpis:scorecard") + self.query

    @property
    def compute_url(self) -> str:
        return reverse("kpis:kpis-compute") + self.query


def read_address(request: MemberRequest) -> Asked:
    """Read ``?period=`` and ``?am=``; for a period that cannot be read the last closed month, with a word.

    Where portfolios are private, an account manager gets their own slice whatever the address says.
    """
    moment = moment_of(request)
    name, error = request.GET.get("period", ""), ""
    fallback = f"{add_months(moment.today.replace(day=1), -1):%Y-%m}"
    try:
        period = _parse(name or fallback, moment)
    except BadPeriod as bad:
        name, period, error = fallback, _parse(fallback, moment), str(bad)
    by, key, label, managers = _slice(request, moment)
    return Asked(moment, period, name or fallback, by, key, label, managers, error)


def _parse(name: str, moment: Moment) -> Period:
    if name == "ttm":
        return trailing_year(moment.today)
    first_month = moment.settings.fiscal_year_start_month
    period = parse_period(name, as_of=moment.today, fiscal_year_start_month=first_month)
    if period.start > moment.today:
        raise BadPeriod(f"{period.label} has not begun.")
    return within_reach(period)


def _slice(request: MemberRequest, moment: Moment) -> tuple[str, str, str, list[User]]:
    user = request.user
    if not sees_all_clients(user, is_portfolio_private=moment.settings.is_portfolio_private):
        return "am", user.book_id, user.name, []
    managers = list(book_selectors.list_managers(today=moment.today))
    chosen = next((member for member in managers if member.book_id == request.GET.get("am")), None)
    if chosen is None:
        return "agency", "", moment.settings.name or "Agency", managers
    return "am", chosen.book_id, chosen.name, managers
