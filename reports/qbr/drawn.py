"""What the charts of a review draw: the only numbers in a document, all others are words.

Part of the list of reports.qbr.document; the same rule holds here: nothing internal has a field.
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Waits:
    """Business hours from a first message to the first answer, and the hours promised."""

    hours: tuple[Decimal, ...]
    limit: Decimal
    note: str


@dataclass(frozen=True)
class ReplyMonth:
    """Median hours to an answer in a month: ours to the client, the client's to us; None without any."""

    label: str
    ours: Decimal | None
    theirs: Decimal | None


@dataclass(frozen=True)
class Replies:
    """How long both sides took to answer, month by month."""

    months: tuple[ReplyMonth, ...]
    note: str


@dataclass(frozen=True)
class WorkMonth:
    """Pieces of work due in a month: on time, late on our side, late while we waited for the client."""

    label: str
    on_time: int
    late_ours: int
    late_theirs: int


@dataclass(frozen=True)
class AnswerPeriod:
    """Answers to whether people would recommend us, in one period."""

    label: str
    promoters: int
    passives: int
    detractors: int
    score: str


@dataclass(frozen=True)
class SharePeriod:
    """A share in one period, 1 being all; None where too few answered."""

    label: str
    share: Decimal | None


@dataclass(frozen=True)
class FeePoint:
    """The monthly fee at the close of a month; None where it cannot be told."""

    label: str
    amount: Decimal | None
    is_partial: bool


@dataclass(frozen=True)
class Fees:
    """Monthly fees of recurring services in one currency; `change` says how they moved in the period."""

    currency: str
    change: str
    points: tuple[FeePoint, ...]
    note: str


@dataclass(frozen=True)
class FeeStep:
    """By how much a service's monthly fee moved."""

    service: str
    amount: Decimal


@dataclass(frozen=True)
class FeeChange:
    """The monthly fee at two closes and the services that account for the difference."""

    currency: str
    first: str
    opening: Decimal
    steps: tuple[FeeStep, ...]
    last: str
    note: str


@dataclass(frozen=True)
class ForecastRow:
    """Fees of a coming quarter: agreed in any case, and those of services that renew unless they are ended."""

    label: str
    agreed: Decimal
    renewing: Decimal


@dataclass(frozen=True)
class Forecast:
    """What is contracted for the next year; nothing in it is an expectation."""

    currency: str
    rows: tuple[ForecastRow, ...]
    note: str
