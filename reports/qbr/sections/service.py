"""Service: how we answered, misses first."""

from decimal import Decimal

from clients.service.models import Request
from kpis.direct.waits import Outcome, Wait
from reports.qbr.document import RequestRow, ServiceSection, State, Tone, Waits
from reports.qbr.material import Material
from reports.qbr.words import NOTHING, count, hours, out_of, percent, plain, spelt

MOST_REQUESTS = 10


def write_service(material: Material) -> ServiceSection:
    rows = sorted(_rows(material), key=lambda pair: (pair[0].state.tone != Tone.BAD, pair[1]))
    shown = tuple(row for row, _ in rows[:MOST_REQUESTS])
    rest = [row for row, _ in rows[MOST_REQUESTS:]]
    return ServiceSection(lead=_lead(material), waits=_waits(material), requests=shown, more=_more(rest))


def counted_waits(material: Material) -> tuple[list[Wait], list[Wait]]:
    """Waits that are decided, and those of them that were longer than promised."""
    decided = [wait for wait in material.waits if wait.outcome in (Outcome.MET, Outcome.BREACHED)]
    return decided, [wait for wait in decided if wait.outcome == Outcome.BREACHED]


def _lead(material: Material) -> str:
    decided, late = counted_waits(material)
    promised = f"{plain(material.promise.hours)} h"
    if not decided:
        return f"No message from you needed an answer in {material.words.span(material.cut)}."
    if not late:
        everything = (
            "Your one message was" if len(decided) == 1 else f"All {len(decided):,} of your messages were"
        )
        return f"{everything} answered within the promised {promised}."
    longest = max(wait.hours for wait in late)
    waited = out_of(len(late), len(decided), "message")
    rest = len(decided) - len(late)
    others = f" The other {spelt(rest)} {'was' if rest == 1 else 'were'} answered in time." if rest else ""
    return (
        f"{waited} ({percent(len(late), len(decided))}) waited longer than the promised {promised}, "
        f"the longest {hours(longest)}.{others}"
    )


def _waits(material: Material) -> Waits | None:
    """First answers only: the median of the scorecard is theirs."""
    firsts = [wait for wait in material.waits if wait.is_first and wait.outcome != Outcome.NO_REPLY_NEEDED]
    answered = [wait for wait in firsts if wait.is_pair]
    if not answered:
        return None
    clock = "Working hours" if material.promise.calendar else "Hours"
    note = f"{clock} to our first answer, {count(len(answered), 'request')}, {material.words.span(material.cut)}."
    waiting = len(firsts) - len(answered)
    if waiting:
        note += f" {count(waiting, 'request still waits', 'requests still wait')} for an answer."
    return Waits(
        hours=tuple(_exact(wait.hours) for wait in answered), limit=material.promise.hours, note=note
    )


def _exact(value: Decimal) -> Decimal:
    """To the second: what the drawing can show, short in the snapshot."""
    return value.quantize(Decimal("0.0001"))


def _rows(material: Material) -> list[tuple[RequestRow, float]]:
    """Each request with the order in which it is listed: the latest first."""
    firsts = {wait.request: wait for wait in material.waits if wait.is_first}
    return [
        (_row(material, request, firsts.get(request.book_id)), -request.opened_at.timestamp())
        for request in material.requests
    ]


def _row(material: Material, request: Request, wait: Wait | None) -> RequestRow:
    words = material.words
    solved = request.resolved_at and material.local_day(request.resolved_at)
    return RequestRow(
        opened=words.short_day(material.local_day(request.opened_at)),
        subject=request.subject or request.get_kind_display(),
        asked_by=request.contact.name if request.contact else NOTHING,
        first_answer=_first_answer(wait),
        solved=words.short_day(solved) if solved and solved <= material.as_of else "Open",
        state=_state(wait),
    )


def _first_answer(wait: Wait | None) -> str:
    if wait is None or wait.outcome == Outcome.NO_REPLY_NEEDED:
        return NOTHING
    return hours(wait.hours) if wait.replied_at else f"{hours(wait.hours)} so far"


def _state(wait: Wait | None) -> State:
    if wait is None or wait.outcome == Outcome.NO_REPLY_NEEDED:
        return State(Tone.PLAIN, "No answer needed")
    if wait.outcome == Outcome.BREACHED:
        return State(Tone.BAD, "Late")
    if wait.outcome == Outcome.PENDING:
        return State(Tone.PLAIN, "Waiting")
    return State(Tone.GOOD, "In time")


def _more(rest: list[RequestRow]) -> str:
    if not rest:
        return ""
    late = sum(row.state.tone == Tone.BAD for row in rest)
    waiting = sum(row.state.word == "Waiting" for row in rest)
    ending = f"{spelt(late)} of them late" if late else "none of them late"
    if waiting:
        ending += f", {spelt(waiting)} still waiting within the promised time"
    return f"And {count(len(rest), 'more request')}, {ending}."
