"""What a review prints: frozen rows of client-safe fields, and nothing else.

This list is the wall between what the agency knows and what the client reads. Health, churn risk, margin,
costs, internal notes, an account manager's confidence or workload, other clients: none has a field here, so
none can be printed. Texts are finished words; only what a chart draws is still a number.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from reports.qbr.drawn import (
    AnswerPeriod,
    FeeChange,
    Fees,
    Forecast,
    Replies,
    SharePeriod,
    Waits,
    WorkMonth,
)
from reports.qbr.plain import from_plain, to_plain
from reports.qbr.words import NOTHING

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
    """Names, period and colours; `language` is the document's, `created` an ISO day for its properties.

    `form` is the locale of its numbers, `paper` a4 or letter. `correction` says what a later version changed.
    `heading_font` is a key of `reports.qbr.printing.typefaces`.
    """

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
    paper: str = "a4"
    form: str = "en_GB"
    version: int = 1
    correction: str = ""
    heading_font: str = "inter"


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
    """`theirs` says how fast the client answered us, `complaints` what became of what went wrong."""

    lead: str
    waits: Waits | None
    requests: tuple[RequestRow, ...]
    more: str
    theirs: str = ""
    complaints: str = ""
    replies: Replies | None = None


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
    months: tuple[WorkMonth, ...] = ()
    note: str = ""

    @property
    def has_causes(self) -> bool:
        return any(row.cause != NOTHING for row in self.rows)


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
    recommending: tuple[AnswerPeriod, ...] = ()
    satisfied: tuple[SharePeriod, ...] = ()
    satisfied_target: Decimal | None = None


@dataclass(frozen=True)
class StepRow:
    """A promise, past or coming: who, until when, and what became of it.

    `plan_id` and `due_on` are not printed: by them the next review finds what this one promised in the plan.
    """

    what: str
    side: str
    owner: str
    due: str
    state: State
    plan_id: int | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class GoalRow:
    """What the client wants to reach and how far it is; `way` is the share of the way that is done.

    `note` says in a sentence why it stands so.
    """

    title: str
    metric: str
    start: str
    now: str
    goal: str
    due: str
    state: State
    way: Decimal | None = None
    note: str = ""


@dataclass(frozen=True)
class ServiceLine:
    """A service as contracted; `until` says only what is agreed."""

    name: str
    price: str
    since: str
    until: str


@dataclass(frozen=True)
class HoursRow:
    """Hours of a service over the period, used and agreed."""

    service: str
    used: str
    agreed: str
    share: str
    used_hours: Decimal | None = None
    agreed_hours: Decimal | None = None


@dataclass(frozen=True)
class Commercials:
    lead: str
    services: tuple[ServiceLine, ...]
    fees: Fees | None
    hours: tuple[HoursRow, ...]
    change: FeeChange | None = None
    forecast: Forecast | None = None
    more_services: str = ""


@dataclass(frozen=True)
class RiskRow:
    """Something that both sides can see is late or behind, whose it is and what is done about it."""

    what: str
    side: str
    answer: str


@dataclass(frozen=True)
class OpportunityRow:
    """An offer that the client has, or something that the numbers suggest; `because` says what it rests on."""

    what: str
    because: str
    next_step: str


@dataclass(frozen=True)
class MeasureNote:
    """A number of this review and how it is counted; `version` names the version of its definition."""

    name: str
    words: str
    version: str = ""


@dataclass(frozen=True)
class SectionImage:
    """A picture that a person added: its asset's name, what it shows in words, and its size in pixels."""

    name: str
    caption: str
    width: int
    height: int


@dataclass(frozen=True)
class SectionLayout:
    """A section in its place: its heading, and what a person added: a rich text and pictures."""

    key: str
    title: str
    notes_html: str = ""
    images: tuple[SectionImage, ...] = ()

    @property
    def image_names(self) -> tuple[str, ...]:
        return tuple(image.name for image in self.images)


@dataclass(frozen=True)
class QBRDocument:
    """One review. Two documents with equal fields print the same pages.

    `layout` holds the sections that are shown, in their order; empty means all of them in the usual order.
    Without a cover of its own, what `cover` says stands above the first section.
    """

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
    risks: tuple[RiskRow, ...] = ()
    opportunities: tuple[OpportunityRow, ...] = ()
    layout: tuple[SectionLayout, ...] = ()
    has_cover: bool = True
    more_promises: str = ""
    more_next_steps: str = ""
    more_goals: str = ""
    more_risks: str = ""
    more_opportunities: str = ""


def to_json(document: QBRDocument) -> dict[str, Any]:
    """The snapshot to store."""
    plain: dict[str, Any] = to_plain(document)
    return plain


def from_json(plain: Any) -> QBRDocument:
    """The document of a snapshot. Raises NotADocument."""
    document: QBRDocument = from_plain(QBRDocument, plain)
    return document
