"""What was delivered, against the day that was agreed."""

from clients.delivery import selectors as delivery_selectors
from clients.delivery.models import Deliverable
from kpis.direct.delivery import Due
from reports.qbr.document import DeliveredRow, DeliverySection, State, Tone
from reports.qbr.reading import Reading
from reports.qbr.words import capital, day, days_late, listed, spelled

MOST_ROWS = 24
CAUSES = {
    Deliverable.DelayCause.OURS: "On our side",
    Deliverable.DelayCause.CLIENT: "Waiting for your input",
    Deliverable.DelayCause.AGREED: "Moved with your agreement",
}


def write_delivery(reading: Reading) -> DeliverySection:
    early = delivery_selectors.list_delivered_early(
        client=reading.client, start=reading.query.start, end=reading.query.cut_end
    )
    ids = [row.deliverable for row in reading.due]
    projects = {
        row.book_id: row.project
        for row in delivery_selectors.list_deliverables(client=reading.client, book_ids=ids)
    }
    # Where the table is cut, what was late stays in it.
    kept = sorted(reading.due, key=lambda row: row.is_on_time)[:MOST_ROWS]
    rows = [_due_row(reading, row, projects) for row in reading.due if row in kept]
    rows += [_early_row(row) for row in early[: MOST_ROWS - len(rows)]]
    left = len(reading.due) - len(kept)
    return DeliverySection(
        lead=delivery_sentence(reading),
        rows=tuple(rows),
        more=f"And {left:,} more that came on the agreed day. Ask us for the full list." if left > 0 else "",
    )


def delivery_sentence(reading: Reading) -> str:
    """How much came on its day; of the late work, how much was late because of us."""
    total, late = len(reading.due), late_work(reading)
    if not total:
        return "No work fell due in this period."
    if not late:
        everything = (
            "The one piece of work that was due" if total == 1 else f"All {spelled(total)} pieces of work"
        )
        return f"{everything} came on the agreed day."
    if total == 1:
        return "The one piece of work that was due did not come on the agreed day."
    came = f"{capital(spelled(total - len(late)))} of {spelled(total)} pieces of work came on the agreed day"
    return f"{came}; {_blame(late)}."


def late_work(reading: Reading) -> list[Due]:
    return [row for row in reading.due if not row.is_on_time]


def own_fault(late: list[Due]) -> list[Due]:
    """What was late and not because of the client; a delay without a cause counts as ours."""
    return [row for row in late if not row.is_late_by_client]


def late_sentence(reading: Reading) -> str:
    """The late work that we answer for, by name; empty if there is none."""
    ours = own_fault(late_work(reading))
    if not ours:
        return ""
    verb = "was" if len(ours) == 1 else "were"
    return f"{listed([row.title for row in ours])} {verb} late on our side."


def _blame(late: list[Due]) -> str:
    ours = len(own_fault(late))
    if len(late) == 1:
        return "the late one was our doing" if ours else "the late one waited for your input"
    if ours == len(late):
        return f"all {spelled(ours)} late ones were our doing"
    if not ours:
        return f"the {spelled(len(late))} late ones waited for your input"
    return (
        f"of the {spelled(len(late))} late ones, {spelled(ours)} {'was' if ours == 1 else 'were'} our doing"
    )


def _due_row(reading: Reading, row: Due, projects: dict[str, str]) -> DeliveredRow:
    is_late = not row.is_on_time
    days = ((row.delivered_on or reading.query.closing_day) - row.due_on).days
    if not is_late:
        state = State(Tone.GOOD, "On time")
    elif row.delivered_on is None:
        state = State(Tone.BAD, "Not delivered" if days <= 0 else f"Open, {days_late(days)}")
    else:
        state = State(Tone.WARN if row.is_late_by_client else Tone.BAD, capital(days_late(days)))
    cause = CAUSES.get(row.delay_cause, "On our side" if is_late else "")
    return DeliveredRow(
        title=row.title,
        project=projects.get(row.deliverable, ""),
        due=day(row.due_on),
        delivered=day(row.delivered_on),
        state=state,
        cause=cause if is_late or row.delay_cause == Deliverable.DelayCause.AGREED else "",
    )


def _early_row(row: Deliverable) -> DeliveredRow:
    return DeliveredRow(
        title=row.title,
        project=row.project,
        due=day(row.baseline_due_on),
        delivered=day(row.delivered_on),
        state=State(Tone.GOOD, "Early"),
        cause="",
    )
