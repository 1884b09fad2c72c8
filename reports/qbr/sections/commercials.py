"""Commercials: what is contracted, what it costs a month, and the hours used. Only what is agreed in writing."""

from datetime import date, timedelta
from decimal import Decimal

from agencyam.periods import add_months, month_of
from clients.contracts.models import ContractLine
from reports.qbr.document import Commercials, HoursRow, ServiceLine
from reports.qbr.drawn import FeePoint, Fees
from reports.qbr.material import Material
from reports.qbr.words import NOTHING, count, percent, plain

MONTHS_SHOWN = 12
MOST_SERVICES = 30
_EVERY = {
    "week": "a week",
    "four_weeks": "every four weeks",
    "month": "a month",
    "quarter": "a quarter",
    "half_year": "every half-year",
    "year": "a year",
    "two_years": "every two years",
    "three_years": "every three years",
}


def write_commercials(material: Material) -> Commercials:
    current = [line for line in material.lines if _matters(material, line)]
    hours = _hours(material)
    fees = _fees(material)
    return Commercials(
        lead=_lead(material, fees, current),
        services=tuple(_service(material, line) for line in current[:MOST_SERVICES]),
        fees=fees,
        hours=hours,
    )


def monthly_fee(lines: tuple[ContractLine, ...], day: date) -> Decimal:
    """The monthly amounts of the lines that run on the day, those in a pause left out; one currency."""
    running = [
        line for line in lines if line.is_recurring and is_running(line, day) and not _is_paused(line, day)
    ]
    return sum((line.monthly_amount for line in running), Decimal(0))


def is_running(line: ContractLine, day: date) -> bool:
    return line.starts_on <= day and (line.ends_on is None or line.ends_on > day)


def _is_paused(line: ContractLine, day: date) -> bool:
    return any(
        pause.starts_on <= day and (pause.ends_on is None or pause.ends_on > day)
        for pause in line.pauses.all()
    )


def _matters(material: Material, line: ContractLine) -> bool:
    """Recurring lines that run at the close of the period or start later; one-off work of the period."""
    close = material.cut.end - timedelta(days=1)
    if line.is_recurring:
        return line.ends_on is None or line.ends_on > close
    return line.starts_on in material.cut


def _fees(material: Material) -> Fees | None:
    """Twelve months up to the period's end; None where the lines are in several currencies, or there are none."""
    recurring = tuple(line for line in material.lines if line.is_recurring)
    currencies = {line.currency for line in recurring}
    if len(currencies) != 1:
        return None
    close = material.cut.end - timedelta(days=1)
    points = []
    for back in range(MONTHS_SHOWN - 1, -1, -1):
        month = month_of(add_months(close.replace(day=1), -back))
        last = min(month.end - timedelta(days=1), close)
        points.append(
            FeePoint(
                material.words.month(last),
                _cents(monthly_fee(recurring, last)),
                is_partial=last < month.end - timedelta(days=1),
            )
        )
    begun = next((number for number, point in enumerate(points) if point.amount), len(points))
    shown = tuple(points[min(begun, len(points) - 2) :])
    if not any(point.amount for point in shown):
        return None
    currency = currencies.pop()
    opening = monthly_fee(recurring, material.cut.start - timedelta(days=1))
    return Fees(
        currency=currency,
        change=_change(material, opening, monthly_fee(recurring, close), currency),
        points=shown,
        note=f"Running monthly services at the close of each month, in {currency}, {shown[0].label} to {shown[-1].label}.",
    )


def _change(material: Material, opening: Decimal, closing: Decimal, currency: str) -> str:
    if opening == closing:
        return f"unchanged in this {material.span_noun}"
    if not opening:
        return f"new in this {material.span_noun}"
    word = "up" if closing > opening else "down"
    return (
        f"{word} from {material.words.money(_cents(opening), currency)} when the {material.span_noun} began"
    )


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


def _lead(material: Material, fees: Fees | None, lines: list[ContractLine]) -> str:
    close = material.cut.end - timedelta(days=1)
    running = [
        line
        for line in lines
        if line.is_recurring and is_running(line, close) and not _is_paused(line, close)
    ]
    day = material.words.day(close)
    if not running:
        return f"No service with a running fee was under contract on {day}."
    services = count(len({line.service_id for line in running}), "running service")
    if fees is None:
        return f"You had {services} on {day}."
    amount = material.words.money(fees.points[-1].amount or Decimal(0), fees.currency)
    return f"You had {services} for {amount} a month on {day}, {fees.change}."


def _service(material: Material, line: ContractLine) -> ServiceLine:
    words = material.words
    every = _EVERY.get(line.interval, "once")
    return ServiceLine(
        name=line.service.name,
        price=f"{words.money(line.amount, line.currency)} {every}",
        since=words.short_day(line.starts_on),
        until=_until(material, line),
    )


def _until(material: Material, line: ContractLine) -> str:
    """The last day, and where notice is agreed the last day to give it. Nothing is guessed."""
    if not line.is_recurring and line.ends_on is None:
        return NOTHING
    if line.last_day is None:
        return "Open"
    words = material.words
    until = words.short_day(line.last_day)
    if line.notice_days and line.ends_on:
        notice = line.ends_on - timedelta(days=line.notice_days)
        ending = "renews by itself unless ended by" if line.is_auto_renewing else "notice by"
        return f"{until}, {ending} {words.short_day(notice)}"
    return f"{until}, renews by itself" if line.is_auto_renewing else until


def _hours(material: Material) -> tuple[HoursRow, ...]:
    """Hours used and agreed in the period, by service; services without hours are left out."""
    totals: dict[str, list[Decimal]] = {}
    for row in material.usage:
        total = totals.setdefault(row.line.service.name, [Decimal(0), Decimal(0)])
        total[0] += row.hours_used or 0
        total[1] += row.hours_budget or 0
    return tuple(
        HoursRow(
            service=name,
            used=f"{plain(used)} h",
            agreed=f"{plain(agreed)} h" if agreed else NOTHING,
            share=percent(used, agreed) if agreed else NOTHING,
        )
        for name, (used, agreed) in totals.items()
        if used or agreed
    )
