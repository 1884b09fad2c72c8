"""What stands in a section whatever anybody writes: its numbers and rows, in short, with their source. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.qbr.document import QBRDocument, State

MOST_ROWS = 6


@dataclass(frozen=True)
class Fact:
    label: str
    value: str
    state: State | None = None


@dataclass(frozen=True)
class Facts:
    """`source` says where the rows come from; `more` how many are not listed here."""

    source: str
    lead: str
    rows: tuple[Fact, ...]
    more: int


def facts_of(document: QBRDocument, key: str) -> Facts:
    """The facts of a section. Raises KeyError for one that no review has."""
    source, read = _SECTIONS[key]
    lead, rows = read(document)
    return Facts(source, lead, tuple(rows[:MOST_ROWS]), max(len(rows) - MOST_ROWS, 0))


Read = Callable[[QBRDocument], tuple[str, Sequence[Fact]]]


def _summary(document: QBRDocument) -> tuple[str, Sequence[Fact]]:
    tiles = [Fact(tile.label, tile.value, tile.state) for tile in document.summary.tiles]
    return " ".join(document.summary.sentences), tiles


def _promises(document: QBRDocument) -> tuple[str, Sequence[Fact]]:
    return "", [Fact(step.what, f"{step.owner}, {step.due}", step.state) for step in document.promises]


def _goals(document: QBRDocument) -> tuple[str, Sequence[Fact]]:
    return "", [Fact(goal.title, f"{goal.now}, goal {goal.goal}", goal.state) for goal in document.goals]


def _scorecard(document: QBRDocument) -> tuple[str, Sequence[Fact]]:
    return "", [
        Fact(row.name, f"{row.value}, target {row.target}", row.state) for row in document.scorecard.rows
    ]


def _value(document: QBRDocument) -> tuple[str, Sequence[Fact]]:
    delivery = document.delivery
    return delivery.lead, [Fact(row.title, row.delivered, row.state) for row in delivery.rows]


def _service(document: QBRDocument) -> tuple[str, Sequence[Fact]]:
    service = document.service
    return service.lead, [Fact(row.subject, row.first_answer, row.state) for row in service.requests]


def _voice(document: QBRDocument) -> tuple[str, Sequence[Fact]]:
    feedback = document.feedback
    measures = [Fact(each.name, f"{each.value}, {each.answered}", each.state) for each in feedback.measures]
    return feedback.lead, [*measures, *(Fact(quote.said_by, quote.text) for quote in feedback.quotes)]


def _investment(document: QBRDocument) -> tuple[str, Sequence[Fact]]:
    commercials = document.commercials
    services = [Fact(line.name, f"{line.price}, until {line.until}") for line in commercials.services]
    hours = [Fact(row.service, f"{row.used} of {row.agreed}") for row in commercials.hours]
    return commercials.lead, [*services, *hours]


def _risks(document: QBRDocument) -> tuple[str, Sequence[Fact]]:
    return "", [Fact(risk.what, risk.answer) for risk in document.risks]


def _opportunities(document: QBRDocument) -> tuple[str, Sequence[Fact]]:
    return "", [Fact(each.what, each.next_step) for each in document.opportunities]


def _roadmap(document: QBRDocument) -> tuple[str, Sequence[Fact]]:
    return "", [Fact(step.what, f"{step.owner}, {step.due}", step.state) for step in document.next_steps]


def _appendix(document: QBRDocument) -> tuple[str, Sequence[Fact]]:
    return "", [Fact(note.name, note.words) for note in document.measures]


_SECTIONS: dict[str, tuple[str, Read]] = {
    "summary": ("the sections below", _summary),
    "promises": ("the account plan", _promises),
    "goals": ("the account plan", _goals),
    "scorecard": ("the scorecard of this client", _scorecard),
    "value": ("the deliverables", _value),
    "service": ("requests and their messages", _service),
    "voice": ("surveys and testimonials", _voice),
    "investment": ("contracts and retainers", _investment),
    "risks": ("the plan, the work and the contracts", _risks),
    "opportunities": ("proposals and targets", _opportunities),
    "roadmap": ("the account plan and the work", _roadmap),
    "appendix": ("the definitions of the numbers", _appendix),
}
