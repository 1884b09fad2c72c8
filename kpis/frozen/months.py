"""A calendar month as an address and the command line write it. Pure."""

import re
from datetime import date

from agencyam.periods import BadPeriod, Period, month_of

_MONTH = re.compile(r"(\d{4})-(\d{2})")


def parse_month(text: str) -> Period:
    """The month that `2026-09` names. Raises BadPeriod with one sentence."""
    match = _MONTH.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError("write it like 2026-09")
        return month_of(date(int(match[1]), int(match[2]), 1))
    except (ValueError, OverflowError) as error:
        raise BadPeriod(f"'{text}' is not a month: {error}.") from error


def name_month(month: Period) -> str:
    """The month as `parse_month` reads it."""
    return f"{month.start:%Y-%m}"
