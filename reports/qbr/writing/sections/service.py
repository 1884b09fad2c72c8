"""Service: how we answered, misses first, how the client answered us, and what was complained about."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencyam.periods import Period
from clients.service.models import Request
from kpis.direct.waits import Outcome, Wait
from reports.qbr.document import RequestRow, ServiceSection, State, Tone
from reports.qbr.drawn import Replies, ReplyMonth, Waits
from reports.qbr.words import NOTHING
from reports.qbr.writing.answers import middle
from reports.qbr.writing.material import Material

MOST_REQUESTS = 10
# Fewer months than this draw no line.
FEWEST_MONTHS = 3
MOST_MONTHS = 12


def write_service(material: Material) -> ServiceSection:
    rows = sorted(_rows(material), key=lambda pair: (pair[0].state.tone != Tone.BAD, pair[1]))
    shown = tuple(row for row, _rank in rows[:MOST_REQUESTS])
    rest = [row for row, _rank in rows[MOST_REQUESTS:]]
    return ServiceSection(
        lead=_lead(material),
        waits=_waits(material),
        requests=shown,
        more=_more(material, rest),
        theirs=_theirs(material),
        complaints=_complaints(material),
        replies=_replies(material),
    )


def counted_waits(material: Material) -> tuple[list[Wait], list[Wait]]:
    """Waits that are decided, and those of them that were longer than promised."""
    decided = [wait for wait in material.waits if wait.outcome in (Outcome.MET, Outcome.BREACHED)]
    return decided, [wait for wait in decided if wait.outcome == Outcome.BREACHED]


def hours_of_answers(material: Material, period: Period) -> list[Decimal]:
    """How long the client took for each answer to a message of ours that was sent in the period."""
    return [each.hours for each in material.answers if material.local_day(each.asked_at) in period]


def _lead(material: Material) -> str:
    words = material.words
    decided, late = counted_waits(material)
    promised = words.plain(material.promise.hours)
    if not decided:
        return _("No message from you needed an answer in %(span)s.") % {"span": words.span(material.cut)}
    if not late:
        return ngettext(
            "Your one message was answered within the promised %(hours)s h.",
            "All %(number)s of your messages were answered within the promised %(hours)s h.",
            len(decided),
        ) % {"number": words.number(len(decided)), "hours": promised}
    values = {
        **words.alike(len(late), len(decided)),
        "share": words.percent(len(late), len(decided)),
        "hours": promised,
        "longest": words.hours(max(wait.hours for wait in late)),
    }
    if len(late) == len(decided):
        return (
            ngettext(
                "Your one message waited longer than the promised %(hours)s h: %(longest)s.",
                "All %(whole)s messages waited longer than the promised %(hours)s h, the longest %(longest)s.",
                len(decided),
            )
            % values
        )
    waited = ngettext(
        "One of %(whole)s messages (%(share)s) waited longer than the promised %(hours)s h: %(longest)s.",
        "%(begin)s of %(whole)s messages (%(share)s) waited longer than the promised %(hours)s h, "
        "the longest %(longest)s.",
        len(late),
    )
    rest = len(decided) - len(late)
    others = ngettext(
        "The other one was answered in time.", "The other %(rest)s were answered in time.", rest
    ) % {"rest": words.spelt(rest)}
    return f"{waited % values} {others}"


def _waits(material: Material) -> Waits | None:
    """First answers only: the median of the scorecard is theirs."""
    firsts = [wait for wait in material.waits if wait.is_first and wait.outcome != Outcome.NO_REPLY_NEEDED]
    answered = [wait for wait in firsts if wait.is_pair]
    if not answered:
        return None
    words = material.words
    values = {"number": words.number(len(answered)), "span": words.span(material.cut)}
    if material.promise.calendar:
        note = ngettext(
            "Working hours to our first answer, %(number)s request, %(span)s.",
            "Working hours to our first answer, %(number)s requests, %(span)s.",
            len(answered),
        )
    else:
        note = ngettext(
            "Hours to our first answer, %(number)s request, %(span)s.",
            "Hours to our first answer, %(number)s requests, %(span)s.",
            len(answered),
        )
    note %= values
    waiting = len(firsts) - len(answered)
    if waiting:
        still = ngettext(
            "%(number)s request still waits for an answer.",
            "%(number)s requests still wait for an answer.",
            waiting,
        )
        note = f"{note} {still % {'number': words.number(waiting)}}"
    hours = tuple(_exact(wait.hours) for wait in answered)
    return Waits(hours=hours, limit=material.promise.hours, note=note)


def _exact(value: Decimal) -> Decimal:
    """To the second: what the drawing can show, short in the snapshot."""
    return value.quantize(Decimal("0.0001"))


def _theirs(material: Material) -> str:
    """How fast the client answered us in the period; empty where they had nothing to answer."""
    hours = hours_of_answers(material, material.cut)
    half = middle(hours)
    if half is None:
        return ""
    return ngettext(
        "You answered one message of ours, after %(half)s.",
        "You answered %(number)s messages of ours, half of them within %(half)s.",
        len(hours),
    ) % {"number": material.words.spelt(len(hours)), "half": material.words.hours(half)}


def _replies(material: Material) -> Replies | None:
    """Both sides' medians by month, of the period and the one before."""
    span = Period(material.before.start, material.cut.end)
    months = span.split_months()[-MOST_MONTHS:]
    ours = [
        (wait.inbound_at, wait.hours) for wait in (*material.earlier_waits, *material.waits) if wait.is_pair
    ]
    theirs = [(answer.asked_at, answer.hours) for answer in material.answers]
    rows = tuple(
        ReplyMonth(
            material.words.month(month.start),
            _median_in(material, month, ours),
            _median_in(material, month, theirs),
        )
        for month in months
    )
    if sum(row.ours is not None for row in rows) < FEWEST_MONTHS:
        return None
    note = _("Half of the messages of a month were answered within these hours.")
    return Replies(months=rows, note=note)


def _median_in(
    material: Material, month: Period, waits: Iterable[tuple[datetime, Decimal]]
) -> Decimal | None:
    half = middle(hours for at, hours in waits if material.local_day(at) in month)
    return None if half is None else _exact(half)


def _complaints(material: Material) -> str:
    """How many complaints there were and what became of them; empty without any, now or before."""
    words = material.words
    complaints = [each for each in material.requests if each.kind == Request.Kind.COMPLAINT]
    if not complaints:
        return ""
    solved = sum(_solved_on(material, each) is not None for each in complaints)
    if solved == len(complaints):
        return ngettext(
            "You complained once; that is solved.",
            "You complained %(number)s times; all of that is solved.",
            len(complaints),
        ) % {"number": words.spelt(len(complaints))}
    still_open = len(complaints) - solved
    said = ngettext("You complained once.", "You complained %(number)s times.", len(complaints)) % {
        "number": words.spelt(len(complaints))
    }
    rest = ngettext("One complaint is still open.", "%(number)s complaints are still open.", still_open) % {
        "number": words.opened(still_open)
    }
    return f"{said} {rest}"


def _solved_on(material: Material, request: Request) -> date | None:
    solved = request.resolved_at and material.local_day(request.resolved_at)
    return solved if solved and solved <= material.as_of else None


def _rows(material: Material) -> list[tuple[RequestRow, float]]:
    """Each request with the order in which it is listed: the latest first."""
    firsts = {wait.request: wait for wait in material.waits if wait.is_first}
    return [
        (_row(material, request, firsts.get(request.book_id)), -request.opened_at.timestamp())
        for request in material.requests
    ]


def _row(material: Material, request: Request, wait: Wait | None) -> RequestRow:
    words = material.words
    solved = _solved_on(material, request)
    return RequestRow(
        opened=words.short_day(material.local_day(request.opened_at)),
        subject=request.subject or _kind_words(request.kind),
        asked_by=request.contact.name if request.contact else NOTHING,
        first_answer=_first_answer(material, wait),
        solved=words.short_day(solved) if solved else _("Open"),
        state=_state(wait),
    )


def _kind_words(kind: str) -> str:
    kinds = {
        Request.Kind.QUESTION: _("Question"),
        Request.Kind.CHANGE: _("Change"),
        Request.Kind.COMPLAINT: _("Complaint"),
    }
    return kinds.get(Request.Kind(kind), _("Request"))


def _first_answer(material: Material, wait: Wait | None) -> str:
    if wait is None or wait.outcome == Outcome.NO_REPLY_NEEDED:
        return NOTHING
    hours = material.words.hours(wait.hours)
    return hours if wait.replied_at else _("%(hours)s so far") % {"hours": hours}


def _state(wait: Wait | None) -> State:
    if wait is None or wait.outcome == Outcome.NO_REPLY_NEEDED:
        return State(Tone.PLAIN, _("No answer needed"))
    if wait.outcome == Outcome.BREACHED:
        return State(Tone.BAD, _("Late"))
    if wait.outcome == Outcome.PENDING:
        return State(Tone.PLAIN, _("Waiting"))
    return State(Tone.GOOD, _("In time"))


def _more(material: Material, rest: list[RequestRow]) -> str:
    if not rest:
        return ""
    words = material.words
    late = sum(row.state.tone == Tone.BAD for row in rest)
    waiting = sum(row.first_answer != NOTHING and row.state.tone == Tone.PLAIN for row in rest)
    more = ngettext("And %(number)s more request.", "And %(number)s more requests.", len(rest))
    said = [more % {"number": words.number(len(rest))}]
    if late:
        was = ngettext("One of them was late.", "%(number)s of them were late.", late)
        said.append(was % {"number": words.opened(late)})
    else:
        said.append(_("None of them was late."))
    if waiting:
        waits = ngettext(
            "One still waits within the promised time.",
            "%(number)s still wait within the promised time.",
            waiting,
        )
        said.append(waits % {"number": words.opened(waiting)})
    return " ".join(said)
