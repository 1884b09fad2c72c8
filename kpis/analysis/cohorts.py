"""The cohort page: clients by the month in which they began to pay, and what became of them."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.urls import reverse

from agencyam.charts import NARROW_WIDTH, PERCENT, Chart, HeatMap, heat_map
from agencyam.charts import Cohort as Row
from agencyam.charts.heat_map import compared_age
from kpis.analysis.question import key_of
from kpis.asked import Asked
from kpis.direct.cohort_table import Cohort, list_cohorts
from kpis.direct.query import Query

LOGOS, REVENUE = "", "revenue"
SHOWS = [(LOGOS, "Clients"), (REVENUE, "Revenue")]
WIDTH, MOST_COHORTS, MOST_AGES = 760, 24, 25
NARROW_COHORTS, NARROW_AGES = 12, 9


@dataclass(frozen=True)
class CohortsPage:
    """`chart` is None without cohorts, or where none are kept for this kind of slice."""

    query: Query
    show: str
    shows: list[tuple[str, str]]
    is_kept: bool
    cohorts: list[Cohort]
    chart: Chart | None

    @property
    def note(self) -> str:
        what = "MRR of the cohort" if self.show == REVENUE else "Clients still with us"
        until = _words(self.query.closing_day)
        return f"{what} at the close of the month, as a share of its start, until {until}; each cell leads to its clients"

    @property
    def shown(self) -> int:
        return min(len(self.cohorts), MOST_COHORTS)


def get_cohorts_page(asked: Asked, show: str) -> CohortsPage:
    """The table up to the close of the period, or up to the as-of day if that is earlier."""
    query, kind = asked.question(), REVENUE if show == REVENUE else LOGOS
    cohorts = read_cohorts(asked)
    is_kept = query.by != "service"
    chart = _chart(asked, cohorts, kind) if cohorts else None
    return CohortsPage(query, kind, SHOWS, is_kept, cohorts, chart)


def read_cohorts(asked: Asked) -> list[Cohort]:
    """The cohorts of the slice; none for a service, which no client belongs to."""
    return [] if asked.by == "service" else list_cohorts(asked.question(), key_of(asked))


def shares(cohort: Cohort, show: str) -> list[Decimal | None]:
    """What was left of the cohort month by month; None where it cannot be told."""
    if show == REVENUE:
        first = cohort.revenue[0] if cohort.revenue else None
        return [amount / first if amount is not None and first else None for amount in cohort.revenue]
    return [Decimal(active) / cohort.size for active in cohort.logos]


def _chart(asked: Asked, cohorts: list[Cohort], show: str) -> Chart | None:
    """The latest cohorts as a map, on a phone fewer of them; the table has all."""
    if all(share is None for cohort in cohorts for share in shares(cohort, show)):
        return None
    recent = cohorts[-MOST_COHORTS:]
    finding = cohort_finding(recent, _data(recent, show, MOST_AGES), show)
    wide = heat_map(_drawn(asked, recent, show, MOST_AGES, finding), width=WIDTH)
    fewest = cohorts[-NARROW_COHORTS:]
    note = f"The last {len(fewest)} cohorts; all of them in the table."
    small = replace(_drawn(asked, fewest, show, NARROW_AGES, finding), name="cohorts-narrow", note=note)
    columns, rows = _table(cohorts, show)
    return replace(wide, narrow=heat_map(small, width=NARROW_WIDTH).svg, columns=columns, rows=rows)


def cell_url(asked: Asked, month: date, age: int) -> str:
    """The page of the clients behind a cell."""
    return reverse("kpis:cohort-cell", args=[f"{month:%Y-%m}", age]) + asked.query


def _table(cohorts: list[Cohort], show: str) -> tuple[list[str], list[list[str]]]:
    """Every cohort and month; a dash where it cannot be told, nothing where the month has not been yet."""
    ages = max(len(cohort.logos) for cohort in cohorts)
    rows = []
    for cohort in cohorts:
        cells = ["–" if share is None else PERCENT.full(share) for share in shares(cohort, show)]
        blank = [""] * (ages - len(cells))
        rows.append([f"{cohort.month:%b %Y}", str(cohort.size), *cells, *blank])
    return ["Cohort", "Size", *(f"M{age}" for age in range(ages))], rows


def _data(cohorts: list[Cohort], show: str, ages: int) -> HeatMap:
    rows = tuple(
        Row(f"{cohort.month:%b %Y}", tuple(shares(cohort, show)[:ages]), cohort.size) for cohort in cohorts
    )
    return HeatMap("cohorts", "revenue" if show == REVENUE else "clients", rows, PERCENT)


def _drawn(asked: Asked, cohorts: list[Cohort], show: str, ages: int, finding: str) -> HeatMap:
    """With sizes in the labels, since one client of one is not one of twenty, and all together on top.

    Each cell of a cohort leads to its clients.
    """
    data = _data(cohorts, show, ages)
    rows = [
        replace(
            row,
            label=f"{row.label} ({row.size})",
            hrefs=tuple(cell_url(asked, cohort.month, age) for age in range(len(row.values))),
        )
        for row, cohort in zip(data.cohorts, cohorts, strict=True)
    ]
    together = [
        _pooled([cohort for cohort in cohorts if _reaches(cohort, age, show)], age, show)
        for age in range(data.ages)
    ]
    size = sum(cohort.size for cohort in cohorts)
    whole = Row(f"Together ({size})", tuple(together), size)
    return replace(data, cohorts=(whole, *rows), finding=finding)


def _reaches(cohort: Cohort, age: int, show: str) -> bool:
    return age < len(cohort.logos) and shares(cohort, show)[age] is not None


def cohort_finding(cohorts: list[Cohort], data: HeatMap, show: str) -> str:
    """The pooled share at the oldest age that enough cohorts have reached, and which cohort kept least."""
    age = compared_age(data)
    old = [cohort for cohort in cohorts if _reaches(cohort, age, show)]
    pooled = _pooled(old, age, show) or Decimal(0)
    after = f"After {age} month{'' if age == 1 else 's'}"
    if show == REVENUE:
        start = f"{after}, clients brought {PERCENT.short(pooled)} of the revenue that they began with"
    else:
        active, size = sum(cohort.logos[age] for cohort in old), sum(cohort.size for cohort in old)
        start = f"{after}, {PERCENT.short(pooled)} of clients were still here ({active} of {size})"
    worst = min(old, key=lambda cohort: shares(cohort, show)[age] or Decimal(0))
    least = shares(worst, show)[age] or Decimal(0)
    if least >= pooled:
        return start
    kept = PERCENT.short(least) if show == REVENUE else f"{worst.logos[age]} of {worst.size}"
    return f"{start}; {worst.month:%b %Y} kept least, {kept}"


def _pooled(cohorts: list[Cohort], age: int, show: str) -> Decimal | None:
    """All clients, or all of their revenue, together: shares are never averaged."""
    if not cohorts:
        return None
    if show == REVENUE:
        now = sum((cohort.revenue[age] or Decimal(0) for cohort in cohorts), Decimal(0))
        return now / sum((cohort.revenue[0] or Decimal(0) for cohort in cohorts), Decimal(0))
    return Decimal(sum(cohort.logos[age] for cohort in cohorts)) / sum(cohort.size for cohort in cohorts)


def cohorts_table(asked: Asked) -> tuple[list[str], list[list[object]]]:
    """One row a cohort and month with the day on which it was known so, for a file."""
    rows: list[list[object]] = []
    for cohort in read_cohorts(asked):
        logos, revenue = shares(cohort, LOGOS), shares(cohort, REVENUE)
        for age, active in enumerate(cohort.logos):
            amount = cohort.revenue[age]
            cells = [cohort.size, age, active, logos[age], amount, revenue[age]]
            rows.append([f"{cohort.month:%Y-%m}", *cells, asked.as_of])
    currency = asked.moment.settings.currency.lower()
    heads = ["cohort", "size", "month", "clients", "clients_share"]
    return [*heads, f"mrr_{currency}", "mrr_share", "known_on"], rows


def _words(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
