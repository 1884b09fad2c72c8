"""What is contracted: services, fees and hours. Of a contract's end only what it says itself."""

from datetime import timedelta
from decimal import Decimal

from agencyam.periods import add_months, month_of
from clients.contracts import selectors as contract_selectors
from clients.contracts.models import ContractLine
from reports.qbr.document import Commercials, FeePoint, Fees, HoursRow, ServiceLine
from reports.qbr.reading import Reading
from reports.qbr.words import NOTHING, count, day, number, price

MONTHS_DRAWN = 12
FEWEST_POINTS = 3
MOST_ROWS = 20
EVERY = {
    "week": "a week",
    "four_weeks": "every four weeks",
    "month": "a month",
    "quarter": "a quarter",
    "half_year": "every six months",
    "year": "a year",
    "two_years": "every two years",
    "three_years": "every three years",
}
PREFIX = {"paused": "Paused. ", "upcoming": "Begins later. "}


def write_commercials(reading: Reading) -> Commercials:
    listed = contract_selectors.list_lines(
        client=reading.client, today=reading.as_of, base_currency=reading.settings.currency
    )
    lines = list(listed)
    current = [line for line in lines if line.state != "ended"]
    return Commercials(
        lead=_lead(current),
        services=tuple(_service(reading, line) for line in current[:MOST_ROWS]),
        fees=_fees(reading, lines),
        hours=tuple(_hours(reading)),
    )


def _lead(lines: list[ContractLine]) -> str:
    if not lines:
        return "There is no running contract."
    ending = [line for line in lines if line.ends_on]
    if not ending:
        return f"{count(len(lines), 'service is', 'services are')} under contract; none has an agreed end."
    first = min(ending, key=lambda line: line.ends_on)
    verb = "is up for renewal after" if first.is_auto_renewing else "is agreed until"
    return f"{count(len(lines), 'service is', 'services are')} under contract; {first.service.name} {verb} {day(first.last_day)}."


def _service(reading: Reading, line: ContractLine) -> ServiceLine:
    cost = price(line.amount, line.currency, reading.settings.locale)
    return ServiceLine(
        name=line.service.name,
        price=f"{cost} {EVERY[line.interval]}" if line.is_recurring else f"{cost} once",
        since=day(line.starts_on),
        until=f"{PREFIX.get(line.state, '')}{_until(line)}",
    )


def _until(line: ContractLine) -> str:
    notice = count(line.notice_days, "day") if line.notice_days else ""
    if line.ends_on is None:
        return f"Open, {notice} notice" if notice else "Open"
    renews = ", renews by itself" if line.is_auto_renewing else ""
    by = f", notice by {day(line.last_day - timedelta(days=line.notice_days))}" if line.notice_days else ""
    return f"{day(line.last_day)}{renews}{by}"


def _fees(reading: Reading, lines: list[ContractLine]) -> Fees | None:
    """The monthly fee at the close of each of the last twelve months, from the first month with one."""
    last = month_of(reading.query.closing_day)
    months = [month_of(add_months(last.start, -back)) for back in range(MONTHS_DRAWN - 1, -1, -1)]
    recurring = [line for line in lines if line.is_recurring and _runs_since(line, months[0].start)]
    currencies = {line.currency for line in recurring}
    currency = currencies.pop() if len(currencies) == 1 else reading.settings.currency
    points = [
        FeePoint(
            label=f"{month.start:%b %Y}",
            amount=_fee_on(reading, min(month.end - timedelta(days=1), reading.as_of), currency),
            is_partial=month.end > reading.query.cut_end,
        )
        for month in months
    ]
    while points and not points[0].amount:
        points.pop(0)
    if len(points) < FEWEST_POINTS:
        return None
    note = (
        f"Recurring services at the close of each month, in {currency}. Work at a one-off price is not in it."
    )
    return Fees(currency=currency, points=tuple(points), note=note)


def _fee_on(reading: Reading, last_day, currency: str) -> Decimal | None:
    return contract_selectors.get_client_mrr(client=reading.client, today=last_day, base_currency=currency)


def _runs_since(line: ContractLine, first) -> bool:
    return line.ends_on is None or line.ends_on > first


def _hours(reading: Reading) -> list[HoursRow]:
    usage = contract_selectors.list_usage(
        client=reading.client, start=reading.query.start, end=reading.query.cut_end
    )
    return [
        HoursRow(
            month=f"{row.month:%B %Y}",
            service=row.line.service.name,
            used=number(row.hours_used),
            agreed=number(row.hours_budget),
            share=f"{100 * row.hours_used / row.hours_budget:.0f}%"
            if row.hours_budget and row.hours_used is not None
            else NOTHING,
        )
        for row in usage[:MOST_ROWS]
    ]
