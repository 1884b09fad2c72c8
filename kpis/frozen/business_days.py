"""On which day a month freezes. Pure."""

from collections.abc import Container
from datetime import date, timedelta

from agencyam.periods import Period, month_of

_SATURDAY = 5


def freeze_day(month: Period, number: int, holidays: Container[date] = frozenset()) -> date:
    """The day on which the month freezes: the business day of that number in the month after it.

    Business days are Monday to Friday without the holidays; a month with fewer of them has its last one, and
    one without any its last day.
    """
    following = month_of(month.end)
    days = [following.start + timedelta(days=at) for at in range(following.days)]
    business = [day for day in days if day.weekday() < _SATURDAY and day not in holidays]
    return business[:number][-1] if business else days[-1]
