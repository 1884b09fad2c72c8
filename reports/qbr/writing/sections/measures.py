"""What each number is called in a review, how its target reads, and how it came out."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kpis.engine import Result
from kpis.formulas.catalogue import DEFINITIONS
from kpis.formulas.definition import Direction
from kpis.formulas.target import Status
from reports.qbr.document import MeasureNote, Scorecard, ScorecardRow, State, Tone
from reports.qbr.words import MINUS, NO_BREAK, NOTHING, Words
from reports.qbr.writing.material import KEYS, Material


def names() -> dict[str, str]:
    """What a client calls each number."""
    return {
        "sla_attainment": _("Answered within the promised time"),
        "first_response_hours": _("First answer: half within"),
        "first_response_hours_p90": _("First answer: nine in ten within"),
        "fcr": _("Solved at the first contact"),
        "on_time_delivery_rate": _("Delivered on time"),
        "nps": _("Would recommend us (NPS)"),
        "csat": _("Satisfied with our answers (CSAT)"),
        "survey_response_rate": _("Survey questions answered"),
    }


def write_scorecard(material: Material) -> Scorecard:
    """A row for each number of the review, also for those that could not be counted."""
    before = material.words.label(material.before)
    return Scorecard(before=before, rows=tuple(_row(material, key) for key in KEYS))


def state_of(result: Result | None) -> State:
    """Met, just missed or missed; else why it is not judged."""
    if result is None or result.value is None:
        return State(Tone.PLAIN, _absent(result.figure.reason if result else None))
    states = {
        Status.MET: State(Tone.GOOD, _("Met")),
        Status.NEAR: State(Tone.WARN, _("Just missed")),
        Status.MISSED: State(Tone.BAD, _("Missed")),
    }
    if result.status in states:
        return states[result.status]
    return State(Tone.PLAIN, _("No target") if result.target is None else _("Too few to judge"))


def _absent(reason: str | None) -> str:
    words = {
        "no_answers": _("No answers"),
        "no_invitations": _("Nobody was asked"),
        "too_few_answers": _("Under three answers"),
        "no_replies": _("No messages"),
        "no_waits": _("No messages"),
        "no_resolved_requests": _("None solved"),
        "no_due_deliverables": _("Nothing was due"),
    }
    return words.get(reason or "", _("Not counted"))


def target_words(words: Words, result: Result | None) -> str:
    """≥ 90%, ≤ 4 h, 2 to 4; empty without a target. It never breaks over two lines."""
    if result is None or result.target is None:
        return ""
    low = words.trimmed(result.format(result.target))
    if result.definition.direction is Direction.BAND:
        high = result.goal.high
        if high is None:
            return low
        return _("%(low)s to %(high)s") % {"low": low, "high": words.trimmed(result.format(high))}
    return f"{'≥' if result.definition.direction is Direction.UP else '≤'}{NO_BREAK}{low}"


def value_words(words: Words, result: Result | None) -> str:
    """86.4%, 100%, 1.8 h, +25; a dash where there is no value."""
    if result is None or result.value is None:
        return NOTHING
    if result.kpi == "nps":
        return f"+{result.display}" if result.value > 0 else result.display.replace("-", MINUS)
    return words.trimmed(result.display)


def _row(material: Material, key: str) -> ScorecardRow:
    words, result, earlier = material.words, material.results.get(key), material.earlier.get(key)
    return ScorecardRow(
        name=names()[key],
        value=value_words(words, result),
        before=value_words(words, earlier),
        target=target_words(words, result) or NOTHING,
        state=state_of(result),
        basis=_basis(words, key, result.figure.n) if result and result.figure.n else NOTHING,
    )


def _basis(words: Words, key: str, number: int) -> str:
    """How many things a number counts: 22 messages."""
    counted = {
        "sla_attainment": ngettext("%(number)s message", "%(number)s messages", number),
        "first_response_hours": ngettext("%(number)s request", "%(number)s requests", number),
        "first_response_hours_p90": ngettext("%(number)s request", "%(number)s requests", number),
        "fcr": _("%(number)s solved"),
        "on_time_delivery_rate": _("%(number)s due"),
        "survey_response_rate": _("%(number)s asked"),
    }
    if key not in counted:
        return words.answers(number)
    return counted[key] % {"number": words.number(number)}


def write_measures(material: Material, *, has_fees: bool) -> tuple[MeasureNote, ...]:
    """How each number that the review shows is counted, in the words of its definition, and by which version."""
    shown = [key for key in KEYS if (result := material.results.get(key)) and result.value is not None]
    notes = [_definition(key, material.versions[key]) for key in shown]
    words = material.words
    if material.waits:
        clock = (
            _("Waiting time is counted in the working hours agreed with you.")
            if material.promise.calendar
            else _("Waiting time is counted in hours around the clock.")
        )
        promised = _("Promised is an answer within %(hours)s h.") % {
            "hours": words.plain(material.promise.hours)
        }
        notes.append(MeasureNote(_("Hours"), f"{clock} {promised}"))
    if material.answers:
        notes.append(
            MeasureNote(
                _("Your answers to us"),
                _(
                    "From our message to your next one in the same request, on the same clock. "
                    "Messages of ours that you did not answer are left out."
                ),
            )
        )
    if has_fees:
        notes.append(
            MeasureNote(
                _("Monthly fee"),
                _(
                    "What your running services cost a month at the close of each month, without one-off work."
                ),
            )
        )
    return tuple(notes)


def _definition(key: str, version: int) -> MeasureNote:
    return MeasureNote(
        name=names()[key],
        words=_(DEFINITIONS[key].words).replace(" x ", " × "),
        version=_("version %(number)s") % {"number": version},
    )
