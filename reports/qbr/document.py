"""What a review prints: frozen rows of client-safe fields, and nothing else.

This list is the wall between what the agency knows and what the client reads. Health, churn risk, margin,
costs, internal notes, an account manager's confidence or workload, other clients: none has a field here, so
none can be printed. Texts are finished words; only what a chart draws is still a number.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from reports.qbr.plain import from_plain, to_plain

FORMAT = 1


class Tone(StrEnum):
    """How something stands; printed with a sign and a word, never as a colour alone."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    PLAIN = "plain"


@dataclass(frozen=True)
class State:
    """A tone and its word, such as Met or 3 days late."""

    tone: Tone
    word: str


@dataclass(frozen=True)
class Cover:
    """Names, period and colours; `language` is the document's, `created` an ISO day for its properties."""

    agency: str
    client: str
    title: str
    period: str
    period_short: str
    prepared_by: str
    prepared_on: str
    known_until: str
    created: str
    brand_color: str
    accent_color: str
    language: str


@dataclass(frozen=True)
class Tile:
    """One number of the summary; `state` None where there is nothing to judge."""

    label: str
    value: str
    detail: str
    state: State | None


@dataclass(frozen=True)
class Decision:
    """Something that only the client can decide."""

    what: str
    by: str


@dataclass(frozen=True)
class Summary:
    """The page that is read when no other is."""

    sentences: tuple[str, ...]
    tiles: tuple[Tile, ...]
    went_well: tuple[str, ...]
    did_not: tuple[str, ...]
    decisions: tuple[Decision, ...]


@dataclass(frozen=True)
class ScorecardRow:
    """A number, what it was before, what was promised, and how that came out."""

    name: str
    value: str
    before: str
    target: str
    state: State
    basis: str


@dataclass(frozen=True)
class Scorecard:
    """`before` heads the column of the earlier period."""

    before: str
    rows: tuple[ScorecardRow, ...]


@dataclass(frozen=True)
class Waits:
    """Business hours from a first message to the first answer, and the hours promised."""

    hours: tuple[Decimal, ...]
    limit: Decimal
    note: str


@dataclass(frozen=True)
class RequestRow:
    """A request of the client and how fast it was answered and solved."""

    opened: str
    subject: str
    asked_by: str
    first_answer: str
    solved: str
    state: State


@dataclass(frozen=True)
class ServiceSection:
    lead: str
    waits: Waits | None
    requests: tuple[RequestRow, ...]
    more: str


@dataclass(frozen=True)
class DeliveredRow:
    """A piece of work against the day that was agreed, with the cause of a delay in words."""

    title: str
    project: str
    due: str
    delivered: str
    state: State
    cause: str


@dataclass(frozen=True)
class DeliverySection:
    lead: str
    rows: tuple[DeliveredRow, ...]
    more: str


@dataclass(frozen=True)
class FeedbackMeasure:
    """What people answered; `answered` says how many of how many."""

    name: str
    value: str
    detail: str
    answered: str
    state: State | None


@dataclass(frozen=True)
class Quote:
    """Words that the client has allowed us to repeat."""

    text: str
    said_by: str


@dataclass(frozen=True)
class FeedbackSection:
    lead: str
    measures: tuple[FeedbackMeasure, ...]
    quotes: tuple[Quote, ...]


@dataclass(frozen=True)
class StepRow:
    """A promise, past or coming: who, until when, and what became of it."""

    what: str
    side: str
    owner: str
    due: str
    state: State


@dataclass(frozen=True)
class GoalRow:
    """What the client wants to reach and how far it is."""

    title: str
    metric: str
    start: str
    now: str
    goal: str
    due: str
    state: State


@dataclass(frozen=True)
class ServiceLine:
    """A service as contracted; `until` says only what is agreed."""

    name: str
    price: str
    since: str
    until: str


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
class HoursRow:
    """Hours of a service over the period, used and agreed."""

    service: str
    used: str
    agreed: str
    share: str


@dataclass(frozen=True)
class Commercials:
    lead: str
    services: tuple[ServiceLine, ...]
    fees: Fees | None
    hours: tuple[HoursRow, ...]


@dataclass(frozen=True)
class MeasureNote:
    """A number of this review and how it is counted."""

    name: str
    words: str


@dataclass(frozen=True)
class QBRDocument:
    """One review. Two documents with equal fields print the same pages."""

    cover: Cover
    summary: Summary
    scorecard: Scorecard
    service: ServiceSection
    delivery: DeliverySection
    feedback: FeedbackSection
    promises: tuple[StepRow, ...]
    goals: tuple[GoalRow, ...]
    next_steps: tuple[StepRow, ...]
    commercials: Commercials
    measures: tuple[MeasureNote, ...]
    format: int = FORMAT


def to_json(document: QBRDocument) -> dict[str, Any]:
    """The snapshot to store."""
    plain: dict[str, Any] = to_plain(document)
    return plain


def from_json(plain: Any) -> QBRDocument:
    """The document of a snapshot. Raises NotADocument."""
    document: QBRDocument = from_plain(QBRDocument, plain)
    return document
