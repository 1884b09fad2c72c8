"""Contract lines as a review adds them up. Pure."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from clients.contracts.models import ContractLine


def monthly_fee(lines: Iterable[ContractLine], day: date) -> Decimal:
    """The monthly amounts of the lines that run on the day, those in a pause left out; one currency."""
    running = [
        line for line in lines if line.is_recurring and is_running(line, day) and not is_paused(line, day)
    ]
    return sum((line.monthly_amount for line in running), Decimal(0))


def is_running(line: ContractLine, day: date) -> bool:
    return line.starts_on <= day and (line.ends_on is None or line.ends_on > day)


def is_paused(line: ContractLine, day: date) -> bool:
    return any(
        pause.starts_on <= day and (pause.ends_on is None or pause.ends_on > day)
        for pause in line.pauses.all()
    )


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))
