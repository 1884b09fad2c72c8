"""The periods whose numbers are kept ready. Pure."""

from datetime import date

from agencyam.periods import Period, add_months, month_of, quarter_of, trailing_year

KINDS = ("agency", "am", "team", "segment", "service")
MONTHS_KEPT = 36
MONTHS_UNSETTLED = 2
# Month, quarters and years with today in their name.
NAMED = 6


def list_kept(today: date, fiscal_year_start_month: int) -> list[Period]:
    """This month, quarter and trailing year with those before them and a year ago, then the months back."""
    this_month = month_of(today)
    quarter = quarter_of(today, fiscal_year_start_month)
    year = trailing_year(today)
    named = [
        this_month,
        quarter,
        quarter.previous(),
        _a_year_before(quarter),
        year,
        year.previous(),
    ]
    months = [month_of(add_months(this_month.start, -number)) for number in range(1, MONTHS_KEPT + 1)]
    return list(dict.fromkeys([*named, *months]))


def oldest_kept(today: date) -> date:
    """The first day of the oldest month that is kept."""
    return add_months(today.replace(day=1), -MONTHS_KEPT)


def list_unsettled(today: date, fiscal_year_start_month: int) -> list[Period]:
    """Those that a new day alters: the current ones, and the last months, whose requests may still be repeated."""
    return list_kept(today, fiscal_year_start_month)[: NAMED + MONTHS_UNSETTLED]


def _a_year_before(period: Period) -> Period:
    return Period(add_months(period.start, -12), add_months(period.end, -12))
