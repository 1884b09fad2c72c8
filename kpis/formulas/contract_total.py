"""The monthly amount of a contract of which only the total and the term are known (Sage Intacct's rule)."""

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal


def monthly_amount_of_total(total: Decimal, starts_on: date, ends_on: date) -> Decimal | None:
    """MRR of a contract worth `total` from `starts_on` until before `ends_on`.

    A term of whole months (from the 15th to the 14th, say): total / months. Otherwise the days in months
    begun or left are taken off at total / days each, and the rest is divided by the whole calendar months.
    None where the term holds no whole month.
    """
    months = _months_between(starts_on, ends_on)
    if months:
        return total / months
    last = ends_on - timedelta(days=1)
    first_whole = starts_on if starts_on.day == 1 else _next_month(starts_on)
    end_whole = ends_on.replace(day=1)
    whole = (end_whole.year - first_whole.year) * 12 + end_whole.month - first_whole.month
    if whole < 1:
        return None
    partial_days = (first_whole - starts_on).days + (last - end_whole).days + 1
    days = (ends_on - starts_on).days
    return total * (days - partial_days) / (days * whole)


def _next_month(day: date) -> date:
    return day.replace(day=1) + timedelta(days=monthrange(day.year, day.month)[1])


def _months_between(start: date, end: date) -> int:
    """Whole months from start to end, 0 if the days of the month differ."""
    if start.day != end.day:
        return 0
    return (end.year - start.year) * 12 + end.month - start.month
