"""The scorecard, the tiles of the summary, and what they say in sentences."""

from dataclasses import dataclass

from kpis.engine import Result
from kpis.formulas.definition import Direction
from kpis.formulas.target import MINIMUM_SAMPLE, Status
from reports.qbr.document import MeasureNote, Scorecard, ScorecardRow, State, Tile, Tone
from reports.qbr.reading import Reading
from reports.qbr.words import NOTHING, count, trimmed


@dataclass(frozen=True)
class Label:
    """A KPI in the client's words. `is_judged` False: shown for information, without a target."""

    name: str
    short: str
    one: str
    many: str
    is_judged: bool = True


LABELS = {
    "on_time_delivery_rate": Label(
        "Work delivered on the agreed day", "Delivered on time", "piece due", "pieces due"
    ),
    "sla_attainment": Label(
        "Messages answered in the agreed time", "Answered in time", "message", "messages"
    ),
    "first_response_hours": Label("Time to our first answer, median", "First answer", "request", "requests"),
    "first_response_hours_p90": Label(
        "Time to our first answer, nine in ten within", "Nine in ten", "request", "requests", is_judged=False
    ),
    "fcr": Label("Solved with the first answer", "Solved at once", "solved request", "solved requests"),
    "touchpoints_per_client_month": Label(
        "Conversations a month", "Conversations", "month", "months", is_judged=False
    ),
    "nps": Label("Would recommend us (NPS)", "Recommend us", "answer", "answers"),
    "csat": Label("Satisfied with our work", "Satisfied", "answer", "answers"),
    "survey_response_rate": Label(
        "Survey questions answered", "Surveys answered", "question", "questions", is_judged=False
    ),
}
STATES = {
    Status.MET: State(Tone.GOOD, "Met"),
    Status.NEAR: State(Tone.WARN, "Just missed"),
    Status.MISSED: State(Tone.BAD, "Missed"),
}
NO_DATA = State(Tone.PLAIN, "Nothing to count")
TOO_FEW = State(Tone.PLAIN, "Too few to judge")
NOT_JUDGED = State(Tone.PLAIN, "For information")
HIDDEN = State(Tone.PLAIN, "Kept private")


def write_scorecard(reading: Reading) -> Scorecard:
    """A row per KPI in the order of LABELS."""
    return Scorecard(
        before=reading.before_period.label,
        rows=tuple(_row(reading, key, label) for key, label in LABELS.items()),
    )


def write_tiles(reading: Reading) -> tuple[Tile, ...]:
    """Four numbers: delivery, promises kept in service, speed, and what people said."""
    opinion = max(("nps", "csat"), key=lambda key: _has_value(reading, key))
    keys = ("on_time_delivery_rate", "sla_attainment", "first_response_hours", opinion)
    return tuple(_tile(reading, key) for key in keys)


def write_notes(reading: Reading) -> tuple[MeasureNote, ...]:
    """How each number is counted, in the definitions' own words."""
    found = [(LABELS[key], reading.results[key]) for key in LABELS if key in reading.results]
    return tuple(MeasureNote(label.name, result.definition.words) for label, result in found)


def state_of(result: Result | None, label: Label) -> State:
    """The judgement in a word; small numbers are shown and not judged."""
    if result is None or result.value is None:
        return HIDDEN if result and result.figure.reason == "too_few_answers" else NO_DATA
    if not label.is_judged:
        return NOT_JUDGED
    if result.status in STATES:
        return STATES[result.status]
    return TOO_FEW if result.figure.n < MINIMUM_SAMPLE else NOT_JUDGED


def target_words(result: Result | None, label: Label) -> str:
    """≥ 90%, ≤ 4 h, or a dash."""
    if result is None or result.target is None or not label.is_judged:
        return NOTHING
    low = trimmed(result.format(result.target))
    if result.definition.direction is Direction.BAND:
        return f"{low} to {trimmed(result.format(result.goal.high))}"
    return f"{'≤' if result.definition.direction is Direction.DOWN else '≥'} {low}"


def value_words(result: Result | None) -> str:
    return NOTHING if result is None else trimmed(result.display)


def _row(reading: Reading, key: str, label: Label) -> ScorecardRow:
    result = reading.results.get(key)
    number = result.figure.n if result else 0
    return ScorecardRow(
        name=label.name,
        value=value_words(result),
        before=value_words(reading.before.get(key)),
        target=target_words(result, label),
        state=state_of(result, label),
        basis=count(number, label.one, label.many) if number else NOTHING,
    )


def _tile(reading: Reading, key: str) -> Tile:
    result, label = reading.results.get(key), LABELS[key]
    target = target_words(result, label)
    has_value = _has_value(reading, key)
    return Tile(
        label=label.short,
        value=value_words(result),
        detail=f"promised {target}" if has_value and target != NOTHING else "",
        state=state_of(result, label),
    )


def _has_value(reading: Reading, key: str) -> bool:
    result = reading.results.get(key)
    return result is not None and result.value is not None
