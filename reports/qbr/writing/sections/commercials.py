"""Commercials: what is contracted, what it costs a month, and the hours used. Only what is agreed in writing."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencyam.periods import add_months, month_of
from clients.contracts.models import ContractLine
from reports.qbr.document import Commercials, HoursRow, ServiceLine
from reports.qbr.drawn import FeePoint, Fees
from reports.qbr.words import NOTHING
from reports.qbr.writing.material import Material
from reports.qbr.writing.sections.fees import write_change, write_forecast
from reports.qbr.writing.sections.lines import cents, is_paused, is_running, monthly_fee

MONTHS_SHOWN = 12
MOST_SERVICES = 30


def write_commercials(material: Material) -> Commercials:
    current = [line for line in material.lines if _matters(material, line)]
    fees = _fees(material)
    return Commercials(
        lead=_lead(material, fees, current),
        services=tuple(_service(material, line) for line in current[:MOST_SERVICES]),
        more_services=_more_services(material, len(current) - MOST_SERVICES),
        fees=fees,
        hours=_hours(material),
        change=write_change(material, _first_day(material, fees), fees) if fees else None,
        forecast=write_forecast(material, fees.currency) if fees else None,
    )


def _more_services(material: Material, hidden: int) -> str:
    if hidden <= 0:
        return ""
    more = ngettext(
        "And %(number)s more service, in your contracts.",
        "And %(number)s more services, in your contracts.",
        hidden,
    )
    return more % {"number": material.words.number(hidden)}


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
                cents(monthly_fee(recurring, last)),
                is_partial=last < month.end - timedelta(days=1),
            )
        )
    begun = next((number for number, point in enumerate(points) if point.amount), len(points))
    shown = tuple(points[min(begun, len(points) - 2) :])
    if not any(point.amount for point in shown):
        return None
    currency = currencies.pop()
    opening = monthly_fee(recurring, material.cut.start - timedelta(days=1))
    note = _("Running services at the close of each month, in %(currency)s.") % {"currency": currency}
    return Fees(
        currency=currency,
        change=_change(material, opening, monthly_fee(recurring, close), currency),
        points=shown,
        note=note,
    )


def _first_day(material: Material, fees: Fees | None) -> date:
    """The last day of the first month that is drawn."""
    shown = len(fees.points) if fees else 1
    close = material.cut.end - timedelta(days=1)
    first = month_of(add_months(close.replace(day=1), 1 - shown))
    return min(first.end - timedelta(days=1), close)


def _change(material: Material, opening: Decimal, closing: Decimal, currency: str) -> str:
    if opening == closing:
        return _("the same as when the period began")
    if not opening:
        return _("all of it new in this period")
    before = {"amount": material.words.money(cents(opening), currency)}
    if closing > opening:
        return _("up from %(amount)s when the period began") % before
    return _("down from %(amount)s when the period began") % before


def _lead(material: Material, fees: Fees | None, lines: Iterable[ContractLine]) -> str:
    close = material.cut.end - timedelta(days=1)
    words = material.words
    running = [
        line for line in lines if line.is_recurring and is_running(line, close) and not is_paused(line, close)
    ]
    day = words.day(close)
    if not running:
        return _("No service with a running fee was under contract on %(day)s.") % {"day": day}
    services = len({line.service_id for line in running})
    values = {"number": words.spelt(services), "amount": _amounts(material, running, close), "day": day}
    said = ngettext(
        "You had one running service for %(amount)s a month on %(day)s",
        "You had %(number)s running services for %(amount)s a month on %(day)s",
        services,
    )
    ending = f", {fees.change}." if fees else "."
    return f"{said % values}{ending}"


def _amounts(material: Material, lines: list[ContractLine], day: date) -> str:
    """The monthly fees, one amount for each currency: amounts of different currencies are not added."""
    by_currency: defaultdict[str, list[ContractLine]] = defaultdict(list)
    for line in lines:
        by_currency[line.currency].append(line)
    amounts = [
        material.words.money(cents(monthly_fee(group, day)), currency)
        for currency, group in sorted(by_currency.items())
    ]
    return _(" and ").join(amounts)


def _service(material: Material, line: ContractLine) -> ServiceLine:
    words = material.words
    return ServiceLine(
        name=line.service.name,
        price=_price(words.money(line.amount, line.currency), line.interval),
        since=words.short_day(line.starts_on),
        until=_until(material, line),
    )


def _price(amount: str, interval: str) -> str:
    prices = {
        "week": _("%(amount)s a week"),
        "four_weeks": _("%(amount)s every four weeks"),
        "month": _("%(amount)s a month"),
        "quarter": _("%(amount)s a quarter"),
        "half_year": _("%(amount)s every half-year"),
        "year": _("%(amount)s a year"),
        "two_years": _("%(amount)s every two years"),
        "three_years": _("%(amount)s every three years"),
    }
    return prices.get(interval, _("%(amount)s once")) % {"amount": amount}


def _until(material: Material, line: ContractLine) -> str:
    """The last day, and where notice is agreed the last day to give it. Nothing is guessed."""
    if not line.is_recurring and line.ends_on is None:
        return NOTHING
    if line.last_day is None:
        return _("Open")
    words = material.words
    values = {"until": words.short_day(line.last_day)}
    if line.notice_days and line.ends_on:
        values["notice"] = words.short_day(line.ends_on - timedelta(days=line.notice_days))
        if line.is_auto_renewing:
            return _("%(until)s, renews by itself unless ended by %(notice)s") % values
        return _("%(until)s, notice by %(notice)s") % values
    if line.is_auto_renewing:
        return _("%(until)s, renews by itself") % values
    return values["until"]


def _hours(material: Material) -> tuple[HoursRow, ...]:
    """Hours used and agreed in the period, by service; services without hours are left out."""
    words = material.words
    totals: dict[str, list[Decimal]] = {}
    for row in material.usage:
        total = totals.setdefault(row.line.service.name, [Decimal(0), Decimal(0)])
        total[0] += row.hours_used or 0
        total[1] += row.hours_budget or 0
    return tuple(
        HoursRow(
            service=name,
            used=f"{words.plain(used)} h",
            agreed=f"{words.plain(agreed)} h" if agreed else NOTHING,
            share=words.percent(used, agreed) if agreed else NOTHING,
            used_hours=cents(used),
            agreed_hours=cents(agreed) if agreed else None,
        )
        for name, (used, agreed) in totals.items()
        if used or agreed
    )
