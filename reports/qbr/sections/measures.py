"""What each number is called in a review, how its target reads, and how it came out."""

from kpis.engine import Result
from kpis.formulas.catalogue import DEFINITIONS
from kpis.formulas.definition import Direction
from kpis.formulas.target import Status
from reports.qbr.document import MeasureNote, Scorecard, ScorecardRow, State, Tone
from reports.qbr.material import KEYS, Material
from reports.qbr.words import MINUS, NO_BREAK, NOTHING, count, plain, trimmed

NAMES = {
    "sla_attainment": "Answered within the promised time",
    "first_response_hours": "First answer: half within",
    "first_response_hours_p90": "First answer: nine in ten within",
    "fcr": "Solved at the first contact",
    "on_time_delivery_rate": "Delivered on time",
    "nps": "Would recommend us (NPS)",
    "csat": "Satisfied with our answers (CSAT)",
    "survey_response_rate": "Survey questions answered",
}
_COUNTED = {
    "sla_attainment": ("message", "messages"),
    "first_response_hours": ("request", "requests"),
    "first_response_hours_p90": ("request", "requests"),
    "fcr": ("solved", "solved"),
    "on_time_delivery_rate": ("due", "due"),
    "nps": ("answer", "answers"),
    "csat": ("answer", "answers"),
    "survey_response_rate": ("asked", "asked"),
}
_ABSENT = {
    "no_answers": "No answers",
    "no_invitations": "Nobody was asked",
    "too_few_answers": "Under three answers",
    "no_replies": "No messages",
    "no_waits": "No messages",
    "no_resolved_requests": "None solved",
    "no_due_deliverables": "Nothing was due",
}
_STATES = {
    Status.MET: State(Tone.GOOD, "Met"),
    Status.NEAR: State(Tone.WARN, "Just missed"),
    Status.MISSED: State(Tone.BAD, "Missed"),
}


def write_scorecard(material: Material) -> Scorecard:
    """A row for each number of the review, also for those that could not be counted."""
    return Scorecard(before=material.before.label, rows=tuple(_row(material, key) for key in KEYS))


def state_of(result: Result | None) -> State:
    """Met, just missed or missed; else why it is not judged."""
    if result is None or result.value is None:
        reason = result.figure.reason if result else None
        return State(Tone.PLAIN, _ABSENT.get(reason or "", "Not counted"))
    if result.status in _STATES:
        return _STATES[result.status]
    return State(Tone.PLAIN, "No target" if result.target is None else "Too few to judge")


def target_words(result: Result | None) -> str:
    """≥ 90%, ≤ 4 h, 2 to 4; empty without a target. It never breaks over two lines."""
    if result is None or result.target is None:
        return ""
    low = trimmed(result.format(result.target))
    if result.definition.direction is Direction.BAND:
        return low if result.goal.high is None else f"{low} to {trimmed(result.format(result.goal.high))}"
    return f"{'≥' if result.definition.direction is Direction.UP else '≤'}{NO_BREAK}{low}"


def value_words(result: Result | None) -> str:
    """86.4%, 100%, 1.8 h, +25; a dash where there is no value."""
    if result is None or result.value is None:
        return NOTHING
    if result.kpi == "nps":
        return f"+{result.display}" if result.value > 0 else result.display.replace("-", MINUS)
    return trimmed(result.display)


def _row(material: Material, key: str) -> ScorecardRow:
    result, earlier = material.results.get(key), material.earlier.get(key)
    return ScorecardRow(
        name=NAMES[key],
        value=value_words(result),
        before=value_words(earlier),
        target=target_words(result) or NOTHING,
        state=state_of(result),
        basis=count(result.figure.n, *_COUNTED[key]) if result and result.figure.n else NOTHING,
    )


def write_measures(material: Material, *, has_fees: bool) -> tuple[MeasureNote, ...]:
    """How each number that the scorecard shows is counted, in the words of its definition."""
    shown = [key for key in KEYS if (result := material.results.get(key)) and result.value is not None]
    notes = [MeasureNote(NAMES[key], DEFINITIONS[key].words.replace(" x ", " × ")) for key in shown]
    hours = material.promise.hours
    clock = "the working hours agreed with you" if material.promise.calendar else "hours around the clock"
    if material.waits:
        promised = f"Waiting time is counted in {clock}; promised is an answer within {plain(hours)} h."
        notes.append(MeasureNote("Hours", promised))
    if has_fees:
        notes.append(
            MeasureNote(
                "Monthly fee",
                "What your running services cost a month at the close of each month, without one-off work.",
            )
        )
    return tuple(notes)
