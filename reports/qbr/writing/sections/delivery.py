"""Delivery: what was due or delivered, on time or late, and whose delay it was."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencyam.periods import Period
from clients.delivery.models import Deliverable
from reports.qbr.document import DeliveredRow, DeliverySection, State, Tone
from reports.qbr.drawn import WorkMonth
from reports.qbr.words import NOTHING
from reports.qbr.writing.material import Material

MOST_ROWS = 30
MOST_MONTHS = 12


@dataclass(frozen=True)
class Piece:
    """A deliverable as known on a day: `promised_on` is the baseline, or a later day that was agreed."""

    title: str
    project: str
    promised_on: date
    baseline_on: date
    delivered_on: date | None
    cause: str
    as_of: date

    @property
    def days_late(self) -> int:
        """Days after the promised day; 0 if on time or not due yet."""
        return max(((self.delivered_on or self.as_of) - self.promised_on).days, 0)

    @property
    def is_late(self) -> bool:
        return self.days_late > 0

    @property
    def is_on_time(self) -> bool:
        return self.delivered_on is not None and not self.is_late

    @property
    def is_ours(self) -> bool:
        """Whether we answer for the delay; a cause that nobody wrote down is ours."""
        return self.is_late and self.cause != Deliverable.DelayCause.CLIENT


def list_pieces(material: Material) -> list[Piece]:
    return [_piece(row, material.as_of) for row in material.deliverables]


def due_pieces(material: Material) -> list[Piece]:
    """What the on-time rate of the scorecard counts."""
    return [piece for piece in list_pieces(material) if piece.promised_on in material.cut]


def write_delivery(material: Material) -> DeliverySection:
    due = due_pieces(material)
    others = [
        piece
        for piece in list_pieces(material)
        if piece.delivered_on and piece.delivered_on in material.cut and piece.promised_on not in material.cut
    ]
    pieces = sorted([*due, *others], key=lambda piece: (not piece.is_late, piece.promised_on, piece.title))
    rows = tuple(_row(material, piece) for piece in pieces[:MOST_ROWS])
    return DeliverySection(
        lead=_lead(material, due, others),
        rows=rows,
        more=_more(material, pieces[MOST_ROWS:]),
        months=_months(material),
        note=_("Work by the month in which it was due. What is not due yet is left out."),
    )


def _more(material: Material, hidden: list[Piece]) -> str:
    if not hidden:
        return ""
    words = material.words
    late = sum(piece.is_late for piece in hidden)
    more = ngettext("And %(number)s more piece of work.", "And %(number)s more pieces of work.", len(hidden))
    said = more % {"number": words.number(len(hidden))}
    was = ngettext("One of them was late.", "%(number)s of them were late.", late)
    lateness = was % {"number": words.opened(late)} if late else _("None of them was late.")
    return f"{said} {lateness}"


def _months(material: Material) -> tuple[WorkMonth, ...]:
    """What was due, month by month, of the period and the one before; empty if nothing was."""
    pieces = list_pieces(material)
    months = Period(material.before.start, material.cut.end).split_months()[-MOST_MONTHS:]
    rows = []
    for month in months:
        due = [piece for piece in pieces if piece.promised_on in month]
        late_ours = sum(piece.is_ours for piece in due)
        rows.append(
            WorkMonth(
                label=material.words.month(month.start),
                on_time=sum(piece.is_on_time for piece in due),
                late_ours=late_ours,
                late_theirs=sum(piece.is_late for piece in due) - late_ours,
            )
        )
    has_any = any(row.on_time or row.late_ours or row.late_theirs for row in rows)
    return tuple(rows) if has_any else ()


def _piece(row: Deliverable, as_of: date) -> Piece:
    is_agreed = row.delay_cause == Deliverable.DelayCause.AGREED
    is_delivered = row.delivered_on is not None and row.delivered_on <= as_of
    return Piece(
        title=row.title,
        project=row.project,
        promised_on=(row.due_on or row.baseline_due_on) if is_agreed else row.baseline_due_on,
        baseline_on=row.baseline_due_on,
        delivered_on=row.delivered_on if is_delivered else None,
        cause=row.delay_cause,
        as_of=as_of,
    )


def _lead(material: Material, due: list[Piece], others: list[Piece]) -> str:
    words = material.words
    sentences = _on_due(material, due)
    if others:
        came = ngettext(
            "One more piece of work, due at another time, came as well.",
            "%(number)s more pieces of work, due at other times, came as well.",
            len(others),
        )
        sentences.append(came % {"number": words.opened(len(others))})
    return " ".join(sentences)


def _on_due(material: Material, due: list[Piece]) -> list[str]:
    words = material.words
    if not due:
        return [_("Nothing was due for delivery in %(span)s.") % {"span": words.span(material.cut)}]
    late = [piece for piece in due if piece.is_late]
    on_time = sum(piece.is_on_time for piece in due)
    if on_time == len(due):
        return [all_on_time(material, on_time)]
    sentences = []
    if late:
        sentences.append(f"{_how_late(material, late, len(due))} {_whose(material, late)}")
    if on_time:
        came = ngettext("One came on time.", "%(number)s came on time.", on_time)
        sentences.append(came % {"number": words.opened(on_time)})
    today = len(due) - len(late) - on_time
    if today:
        is_due = ngettext("One is due today.", "%(number)s are due today.", today)
        sentences.append(is_due % {"number": words.opened(today)})
    return sentences


def all_on_time(material: Material, number: int) -> str:
    return ngettext(
        "The one piece of work due came on time.", "All %(number)s pieces of work due came on time.", number
    ) % {"number": material.words.spelt(number)}


def _how_late(material: Material, late: list[Piece], due: int) -> str:
    still_open = sum(piece.delivered_on is None for piece in late)
    values = material.words.alike(len(late), due)
    if not still_open:
        said = ngettext(
            "One of %(whole)s pieces of work came late.",
            "%(begin)s of %(whole)s pieces of work came late.",
            len(late),
        )
    elif still_open == len(late):
        said = ngettext(
            "One of %(whole)s pieces of work is still open after the agreed day.",
            "%(begin)s of %(whole)s pieces of work are still open after the agreed day.",
            len(late),
        )
    else:
        said = _("%(begin)s of %(whole)s pieces of work came late or are still open after the agreed day.")
    if due == 1:
        said = _("The one piece of work due is late.")
    return said % values


def _whose(material: Material, late: list[Piece]) -> str:
    ours = sum(piece.is_ours for piece in late)
    if ours == len(late):
        return ngettext("That is on our side.", "All of that is on our side.", ours)
    if not ours:
        return ngettext("There we waited for you.", "In all of them we waited for you.", len(late))
    return ngettext("One of them is on our side.", "%(number)s of them are on our side.", ours) % {
        "number": material.words.opened(ours)
    }


def _row(material: Material, piece: Piece) -> DeliveredRow:
    words = material.words
    return DeliveredRow(
        title=piece.title,
        project=piece.project,
        due=words.short_day(piece.promised_on),
        delivered=words.short_day(piece.delivered_on) if piece.delivered_on else _("Open"),
        state=_state(material, piece),
        cause=_cause(material, piece),
    )


def _state(material: Material, piece: Piece) -> State:
    if piece.is_late:
        word = _("%(days)s late") % {"days": material.words.days(piece.days_late)}
        return State(Tone.BAD if piece.is_ours else Tone.WARN, word)
    if piece.delivered_on is None:
        return State(Tone.PLAIN, _("Due today") if piece.promised_on == piece.as_of else _("Not due yet"))
    return State(Tone.GOOD, _("On time"))


def _cause(material: Material, piece: Piece) -> str:
    if piece.promised_on != piece.baseline_on:
        day = {"day": material.words.short_day(piece.baseline_on)}
        if piece.is_late:
            return _("Moved with you from %(day)s, then late") % day
        return _("Moved with you from %(day)s") % day
    if not piece.is_late:
        return NOTHING
    causes = {"ours": _("On our side"), "client": _("Waiting for you"), "agreed": _("Agreed with you")}
    return causes.get(piece.cause, _("Not written down"))
