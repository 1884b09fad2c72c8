"""What a page was asked for in its address: period, as-of day and slice, and what the member may see of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from accounts.moment import Moment, moment_of
from accounts.permissions import MemberRequest
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
from kpis.choices.selectors import History, load_history, query_for
from kpis.direct.query import Query
from kpis.slice_choices import Slice, choose_slice

# What the form of period and slice puts into the address; all else there is the page's own.
NAMES = ("period", "from", "to", "as_of", "by", "key", "of", "am")
MONTHS_OFFERED = 12
QUARTERS_OFFERED = 5
YEARS_OFFERED = 3
# As `rows` in a file's address: those that were kept when the month was closed.
REPORTED = "reported"
INSTEAD = "Showing the last closed month instead."


@dataclass(frozen=True)
class Asked:
    """A period as known on a day, of one slice, as the address names them.

    `as_of` is the last day that is known: today unless a past day was asked for. `others` are the page's own
    names in the address, such as a sorting.
    """

    moment: Moment
    period: Period
    period_name: str
    as_of: date
    slice: Slice
    history: History = field(default_factory=dict)
    error: str = ""
    others: list[tuple[str, str]] = field(default_factory=list)

    @property
    def by(self) -> str:
        return self.slice.by

    @property
    def key(self) -> str:
        return self.slice.key

    @property
    def label(self) -> str:
        return self.slice.label

    @property
    def is_own_only(self) -> bool:
        """Whether the member may see no other clients' numbers than those of their own clients."""
        return self.slice.is_own_only

    @property
    def is_today(self) -> bool:
        return self.as_of == self.moment.today

    @property
    def last_day(self) -> date:
        """The period's last day, for people and for date fields."""
        return self.period.end - timedelta(days=1)

    @property
    def choices(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Periods to choose from, in groups: what is usually looked at, months, quarters, fiscal years."""
        groups = _offered(self.moment)
        if self.period_name not in {name for _, group in groups for name, _ in group}:
            groups.append(("Other days", [(self.period_name, self.period.label)]))
        return groups

    @property
    def previous_url(self) -> str:
        """The same page for the period before; empty where that is out of reach."""
        try:
            return self.query_for(period=_name_of(within_reach(self.period.previous()), self.moment))
        except (BadPeriod, ValueError, OverflowError):
            return ""

    @property
    def next_url(self) -> str:
        """The same page for the period after; empty where that has not begun."""
        end = self.period.end
        months = self.period.months
        if end > self.as_of:
            return ""
        after = Period(end, add_months(end, months) if months else end + timedelta(days=self.period.days))
        return self.query_for(period=_name_of(after, self.moment))

    @property
    def today_url(self) -> str:
        """The same page with what is known today."""
        return self.query_for(as_of="")

    @property
    def query(self) -> str:
        """The query string that names this period, day and slice on any other page."""
        return self.query_for()

    def query_for(self, **changes: str) -> str:
        """The same with other values of `period`, `as_of`, `by` or `key`; an empty value leaves a name out."""
        named = self._named | changes
        return f"?{urlencode({name: value for name, value in named.items() if value})}"

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Names and values for the hidden fields of a form that keeps period, day and slice."""
        return [(name, value) for name, value in self._named.items() if value]

    @property
    def _named(self) -> dict[str, str]:
        is_own_portfolio = self.is_own_only and self.by == "am"
        return {
            "period": self.period_name,
            "as_of": "" if self.is_today else self.as_of.isoformat(),
            "by": "" if self.by == "agency" or is_own_portfolio else self.by,
            "key": "" if is_own_portfolio else self.key,
        }

    def name_of(self, period: Period) -> str:
        """The short name of a period in an address."""
        return _name_of(period, self.moment)

    @property
    def scorecard_url(self) -> str:
        return reverse("kpis:scorecard") + self.query

    @property
    def month_url(self) -> str:
        """Where it is told what became of this month after it was closed, in this slice."""
        month = reverse("kpis:months-detail", args=[self.name_of(self.period)])
        return month + self.query_for(period="", as_of="")

    def question(self, by: str = "", period: Period | None = None) -> Query:
        """What is asked of the engine: of this kind of slice and period, unless told otherwise.

        The choices are those in force when the period closed.
        """
        return query_for(
            period=period or self.period,
            as_of=self.as_of,
            by=by or self.by,
            settings=self.moment.settings,
            history=self.history,
        )


def read_address(request: MemberRequest) -> Asked:
    """Read period, as-of day and slice; what cannot be read or seen is replaced, with a word.

    `?am=` is the old name of an account manager's slice.
    """
    moment, given = moment_of(request), request.GET
    as_of, errors = _read_as_of(given, moment)
    fallback = f"{add_months(as_of.replace(day=1), -1):%Y-%m}"
    name = given.get("period", "") or fallback
    try:
        name, period = _parse(_spelled_out(name, given), moment, as_of)
    except BadPeriod as bad:
        errors.append(f"{bad} {INSTEAD}")
        name, period = _parse(fallback, moment, as_of)
    if as_of < period.start:
        errors.append(f"{period.label} begins after {_words(as_of)}: showing what is known today.")
        as_of = moment.today
    by, key = _named_slice(given)
    query = Query(period, as_of, "agency", moment.settings)
    slice_ = choose_slice(user=request.user, by=by, key=key, query=query, today=moment.today)
    if slice_.error:
        errors.append(slice_.error)
    others = [(each, given[each]) for each in given if each not in (*NAMES, "page")]
    return Asked(moment, period, name, as_of, slice_, load_history(), " ".join(errors), others)


def keep_address(response: HttpResponse, request: MemberRequest, asked: Asked) -> HttpResponse:
    """Let htmx write the short, canonical address of what it swapped in."""
    if request.htmx:
        rest = f"&{urlencode(asked.others)}" if asked.others else ""
        response.headers["HX-Push-Url"] = f"{request.path}{asked.query}{rest}"
    return response


def _read_as_of(given: Mapping[str, str], moment: Moment) -> tuple[date, list[str]]:
    text = given.get("as_of", "").strip()
    if not text:
        return moment.today, []
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return moment.today, ["The day of which to tell what was known is written like 2026-03-31."]
    if day > moment.today:
        return moment.today, [f"{_words(day)} has not come yet: showing what is known today."]
    try:
        month_of(add_months(day, -24))
        within_reach(month_of(day))
    except (BadPeriod, ValueError, OverflowError):
        return moment.today, [f"{_words(day)} is out of reach: showing what is known today."]
    return day, []


def _spelled_out(name: str, given: Mapping[str, str]) -> str:
    """A period of any days comes from two date fields, both days included."""
    if name != "custom":
        return name
    try:
        first, last = (date.fromisoformat(given.get(each, "").strip()) for each in ("from", "to"))
        end = last + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise BadPeriod("A period of your own needs its first and its last day.") from error
    if last < first:
        raise BadPeriod("The last day of the period is before its first.")
    return f"{first}..{end}"


def _parse(name: str, moment: Moment, as_of: date) -> tuple[str, Period]:
    first_month = moment.settings.fiscal_year_start_month
    period = parse_period(name, as_of=as_of, fiscal_year_start_month=first_month)
    if period.start > moment.today:
        raise BadPeriod(f"{period.label} has not begun.")
    return name.strip(), within_reach(period)


def _named_slice(given: Mapping[str, str]) -> tuple[str, str]:
    if "by" not in given and given.get("am"):
        return "am", given["am"]
    by = given.get("by") or "agency"
    # The form's key belongs to the kind that the form was made for.
    is_stale = given.get("of", by) != by
    return by, "" if is_stale else given.get("key", "")


def _offered(moment: Moment) -> list[tuple[str, list[tuple[str, str]]]]:
    today, first = moment.today, moment.settings.fiscal_year_start_month
    this_month = month_of(today)
    months = [month_of(add_months(this_month.start, -back)) for back in range(1, MONTHS_OFFERED + 1)]
    quarters, year = [quarter_of(today, first)], _fiscal_year(today, first)
    years = [year]
    while len(quarters) < QUARTERS_OFFERED:
        quarters.append(quarters[-1].previous())
    while len(years) < YEARS_OFFERED:
        years.append(years[-1].previous())
    usual = [("ttm", "Last 12 months"), (f"{today:%Y-%m}", f"{today:%B %Y} so far")]
    named = {"Months": months, "Quarters": quarters, "Years": years}
    return [
        ("Usual", usual),
        *(
            (title, [(_name_of(period, moment), _label(period, today)) for period in periods])
            for title, periods in named.items()
        ),
    ]


def _label(period: Period, today: date) -> str:
    return f"{period.label} so far" if today in period else period.label


def _fiscal_year(day: date, first_month: int) -> Period:
    start = date(day.year if day.month >= first_month else day.year - 1, first_month, 1)
    return Period(start, add_months(start, 12))


def _name_of(period: Period, moment: Moment) -> str:
    """The short name of a period in an address."""
    first = moment.settings.fiscal_year_start_month
    if period == month_of(period.start):
        return f"{period.start:%Y-%m}"
    if period == _fiscal_year(period.start, first):
        return f"{period.start.year:04}"
    if period == quarter_of(period.start, first):
        year = _fiscal_year(period.start, first)
        return f"{year.start.year:04}Q{(period.start.month - first) % 12 // 3 + 1}"
    if period == trailing_year(moment.today):
        return "ttm"
    return f"{period.start}..{period.end}"


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
