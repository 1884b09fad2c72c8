"""What an attentive reader would ask about a draft before the client does. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.qbr.document import QBRDocument, State, Tone
from reports.qbr.draft import DraftSection
from reports.rich_text import plain_words

# Charts and shares of fewer rows are shown, but say little.
FEW = 5
_COUNTED = {"nps": "The NPS", "csat": "The satisfaction"}


@dataclass(frozen=True)
class Basis:
    """`counts` are the rows that each number rests on, by its key; `uncaused` late pieces without a cause.

    `judged_early` are goals whose state was said before the period was over.
    """

    counts: Mapping[str, int]
    uncaused: Sequence[str]
    judged_early: Sequence[str] = ()


def warnings_of(document: QBRDocument, section: DraftSection, basis: Basis) -> list[str]:
    """Questions that the section leaves open."""
    said = plain_words(section.text).casefold()
    match section.key:
        case "goals":
            goals = [(goal.title, goal.state, goal.note) for goal in document.goals]
            early = [
                f"Does “{title}” still stand as it did before the period ended?"
                for title in basis.judged_early
            ]
            return [*_without_reason("Goal", goals, said), *early]
        case "promises":
            steps = [(step.what, step.state, "") for step in document.promises]
            return _without_reason("Promise", steps, said)
        case "value":
            return [f"“{title}” is late and no cause is written down." for title in basis.uncaused]
        case "service":
            return _few_waits(document)
        case "voice":
            return _few_answers(basis.counts)
        case "roadmap" if not document.next_steps:
            return ["No step is agreed for what comes next."]
    return []


def _without_reason(noun: str, rows: list[tuple[str, State, str]], said: str) -> list[str]:
    """Rows that went wrong, have no note of their own, and that the comment does not name."""
    return [
        f"{noun} {number}, “{title}”, is “{state.word}” and has no reason. Name it in the comment and say why."
        for number, (title, state, note) in enumerate(rows, start=1)
        if state.tone in (Tone.WARN, Tone.BAD) and not note and title.casefold() not in said
    ]


def _few_waits(document: QBRDocument) -> list[str]:
    waits = document.service.waits
    number = len(waits.hours) if waits else 0
    return [f"The chart has {_answers(number)} only."] if 0 < number < FEW else []


def _few_answers(counts: Mapping[str, int]) -> list[str]:
    return [
        f"{name} rests on {_answers(counts[key])} only."
        for key, name in _COUNTED.items()
        if 0 < counts.get(key, 0) < FEW
    ]


def _answers(number: int) -> str:
    return "1 answer" if number == 1 else f"{number} answers"
