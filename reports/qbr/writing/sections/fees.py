"""Fees that moved, and fees that are agreed for the time to come. Nothing here is an expectation."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from agencyam.periods import Period, add_months
from clients.contracts.models import ContractLine
from reports.qbr.drawn import FeeChange, Fees, FeeStep, Forecast, ForecastRow
from reports.qbr.writing.material import Material
from reports.qbr.writing.sections.lines import cents, is_paused, monthly_fee

# More columns have no room for their names beside another chart.
MOST_STEPS = 5
QUARTERS_AHEAD = 4


def write_change(material: Material, first_day: date, fees: Fees) -> FeeChange | None:
    """Which services account for the difference between the first and the last month drawn; None if none moved."""
    close = material.cut.end - timedelta(days=1)
    names = sorted({line.service.name for line in material.lines if line.is_recurring})
    moved = []
    for name in names:
        lines = [line for line in material.lines if line.service.name == name]
        amount = cents(monthly_fee(lines, close)) - cents(monthly_fee(lines, first_day))
        if amount:
            moved.append(FeeStep(name, amount))
    opening = fees.points[0].amount
    if not moved or not opening:
        return None
    moved.sort(key=lambda step: -abs(step.amount))
    if len(moved) > MOST_STEPS:
        rest = sum((step.amount for step in moved[MOST_STEPS - 1 :]), Decimal(0))
        moved = [*moved[: MOST_STEPS - 1], FeeStep(_("Other services"), rest)]
    return FeeChange(
        currency=fees.currency,
        first=fees.points[0].label,
        opening=opening,
        steps=tuple(moved),
        last=fees.points[-1].label,
        note=_("Change of the monthly fee by service."),
    )


def write_forecast(material: Material, currency: str) -> Forecast | None:
    """The next four quarters as contracted; None if nothing runs on."""
    close = material.cut.end - timedelta(days=1)
    lines = [
        line
        for line in material.lines
        if line.is_recurring and (line.ends_on is None or line.ends_on > close)
    ]
    rows = []
    for number in range(QUARTERS_AHEAD):
        start = add_months(material.period.end, 3 * number)
        closes = [add_months(start, month) - timedelta(days=1) for month in (1, 2, 3)]
        rows.append(
            ForecastRow(
                label=_label(material, Period(start, add_months(start, 3))),
                agreed=cents(sum((monthly_fee(lines, day) for day in closes), Decimal(0))),
                renewing=cents(sum((_renewing(lines, day) for day in closes), Decimal(0))),
            )
        )
    if not any(row.agreed or row.renewing for row in rows):
        return None
    note = _("Running services without one-off work, in %(currency)s, from contracts as they stand.") % {
        "currency": currency
    }
    return Forecast(currency=currency, rows=tuple(rows), note=note)


def _label(material: Material, quarter: Period) -> str:
    """Q4 2026, or its months where the agency's quarters are not those of the calendar."""
    named = material.words.label(quarter)
    return material.words.span(quarter) if "–" in named else named


def _renewing(lines: list[ContractLine], day: date) -> Decimal:
    """Monthly amounts of services whose term is over by then and goes on by itself unless somebody ends it."""
    renewed = [
        line
        for line in lines
        if line.is_auto_renewing
        and line.ends_on
        and line.ends_on <= day
        and not _is_followed(line, lines, day)
    ]
    return sum((line.monthly_amount for line in renewed if not is_paused(line, day)), Decimal(0))


def _is_followed(line: ContractLine, lines: list[ContractLine], day: date) -> bool:
    """Whether a later line of the service has taken its place, as after a renewal or a change of price."""
    return any(
        other.service_id == line.service_id
        and other.pk != line.pk
        and other.starts_on >= (line.ends_on or day)
        for other in lines
    )
