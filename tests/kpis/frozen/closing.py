"""Closing a month in a test, and looking at it again."""

from datetime import UTC, date, datetime, time

from accounts.selectors import get_settings
from kpis.frozen import restating, services
from kpis.frozen.models import FrozenMonth, Restatement
from kpis.frozen.months import parse_month

SEPTEMBER = parse_month("2026-09")


def noon(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(12), tzinfo=UTC)


def freeze(month: str = "2026-09", *, on: str = "2026-10-07", by=None) -> FrozenMonth:
    """Freeze a month on a day."""
    return services.freeze_month(
        month=parse_month(month),
        today=date.fromisoformat(on),
        now=noon(on),
        by=by,
        settings=get_settings(),
    )


def look_again(month: FrozenMonth, *, on: str = "2026-11-02") -> dict[tuple[str, str], Restatement]:
    """What is noticed about a frozen month on a day, by KPI and slice key ("" is the agency)."""
    about = {"today": date.fromisoformat(on), "now": noon(on), "settings": get_settings()}
    found = restating.detect_restatements(month=month, **about)
    return {(row.kpi, row.slice_key): row for row in found}
