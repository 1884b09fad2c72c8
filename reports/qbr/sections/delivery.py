"""Delivery: what was due or delivered, on time or late, and whose delay it was."""

from dataclasses import dataclass
from datetime import date

from clients.delivery.models import Deliverable
from reports.qbr.document import DeliveredRow, DeliverySection, State, Tone
from reports.qbr.material import Material
from reports.qbr.words import NOTHING, count, out_of, spelt

MOST_ROWS = 30
_LATE_CAUSES = {"ours": "On our side", "client": "Waiting for you", "agreed": "Agreed with you"}


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
    hidden = pieces[MOST_ROWS:]
    late = sum(piece.is_late for piece in hidden)
    more = f"And {count(len(hidden), 'more piece')} of work, {spelt(late)} of them late." if hidden else ""
    return DeliverySection(lead=_lead(material, due, others), rows=rows, more=more)


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
    times = "at another time" if len(others) == 1 else "at other times"
    came = f" {count(len(others), 'more piece')} of work, due {times}, came as well." if others else ""
    if not due:
        return f"Nothing was due for delivery in this {material.span_noun}.{came}"
    late = [piece for piece in due if piece.is_late]
    on_time = sum(piece.is_on_time for piece in due)
    if on_time == len(due):
        everything = (
            "The one piece of work due" if on_time == 1 else f"All {spelt(on_time)} pieces of work due"
        )
        return f"{everything} came on time.{came}"
    sentences = []
    if late:
        ours = sum(piece.is_ours for piece in late)
        sentences.append(
            f"{out_of(len(late), len(due), 'piece')} of work {_outcome(late)}, {_whose(ours, len(late))}."
        )
    if on_time:
        sentences.append(f"{spelt(on_time).capitalize()} came on time.")
    if len(due) > len(late) + on_time:
        today = len(due) - len(late) - on_time
        sentences.append(f"{spelt(today).capitalize()} {'is' if today == 1 else 'are'} due today.")
    return " ".join(sentences) + came


def _outcome(late: list[Piece]) -> str:
    still_open = sum(piece.delivered_on is None for piece in late)
    if not still_open:
        return "came late"
    is_open = "is" if len(late) == 1 else "are"
    past = f"{is_open} still open after the agreed day"
    return past if still_open == len(late) else f"came late or {past}"


def _whose(ours: int, late: int) -> str:
    if late == 1:
        return "on our side" if ours else "while we waited for you"
    if ours == late:
        return "all on our side"
    return f"{spelt(ours)} of them on our side" if ours else "all while we waited for you"


def _row(material: Material, piece: Piece) -> DeliveredRow:
    words = material.words
    return DeliveredRow(
        title=piece.title,
        project=piece.project,
        due=words.short_day(piece.promised_on),
        delivered=words.short_day(piece.delivered_on) if piece.delivered_on else "Open",
        state=_state(piece),
        cause=_cause(material, piece),
    )


def _state(piece: Piece) -> State:
    if piece.is_late:
        word = f"{count(piece.days_late, 'day')} late"
        return State(Tone.BAD if piece.is_ours else Tone.WARN, word)
    if piece.delivered_on is None:
        return State(Tone.PLAIN, "Due today" if piece.promised_on == piece.as_of else "Not due yet")
    return State(Tone.GOOD, "On time")


def _cause(material: Material, piece: Piece) -> str:
    if piece.promised_on != piece.baseline_on:
        moved = f"Moved with you from {material.words.short_day(piece.baseline_on)}"
        return moved if not piece.is_late else f"{moved}, then late"
    if not piece.is_late:
        return NOTHING
    return _LATE_CAUSES.get(piece.cause, "Not written down")
