"""The service that the client got: how fast requests were answered, misses first."""

from collections import Counter
from decimal import Decimal

from agencyam.periods import local_day
from clients.service import selectors as service_selectors
from clients.service.models import Request
from kpis.direct.waits import Outcome, Wait, list_promises
from reports.qbr.document import RequestRow, ServiceSection, State, Tone, Waits
from reports.qbr.reading import Reading
from reports.qbr.words import NOTHING, capital, count, day, hours, spelled, trimmed

MOST_ROWS = 16
FEWEST_FOR_CHART = 5
STATES = {
    Outcome.MET: State(Tone.GOOD, "In time"),
    Outcome.BREACHED: State(Tone.BAD, "Late"),
    Outcome.PENDING: State(Tone.PLAIN, "Not due yet"),
    Outcome.NO_REPLY_NEEDED: State(Tone.PLAIN, "No answer needed"),
}
UNKNOWN = State(Tone.PLAIN, "Not measured")


def write_service(reading: Reading) -> ServiceSection:
    query = reading.query
    requests = list(
        service_selectors.list_requests_opened(client=reading.client, start=query.starts_at, end=query.cut_at)
    )
    firsts = {wait.request: wait for wait in reading.waits if wait.is_first}
    # Misses stand first; within each group the latest request does.
    ordered = sorted(requests, key=lambda row: not _is_late(firsts.get(row.book_id)))
    left = len(requests) - MOST_ROWS
    return ServiceSection(
        lead=service_sentence(reading),
        waits=_waits(reading, list(firsts.values())),
        requests=tuple(_row(reading, row, firsts.get(row.book_id)) for row in ordered[:MOST_ROWS]),
        more=f"And {count(left, 'more request')}. Ask us for the full list." if left > 0 else "",
    )


def service_sentence(reading: Reading) -> str:
    """How many messages were answered within the promise, late ones owned up to."""
    counts = Counter(wait.outcome for wait in reading.waits)
    late, total = counts[Outcome.BREACHED], counts[Outcome.BREACHED] + counts[Outcome.MET]
    if not total:
        return "You sent us no message that we had to answer."
    promise = f"the {trimmed(hours(promised_hours(reading)))} we promised"
    if total == 1:
        answered = "not answered" if late else "answered"
        return f"Your one message was {answered} within {promise}."
    if not late:
        return f"We answered all {spelled(total)} of your messages within {promise}."
    verb = "was" if late == 1 else "were"
    return f"{capital(spelled(late))} of your {total:,} messages {verb} not answered within {promise}."


def promised_hours(reading: Reading) -> Decimal:
    """The client's own promise; that of its latest message where the policy has changed."""
    if reading.waits:
        return reading.waits[-1].target_hours
    promises = list_promises()
    return promises.get(reading.client.sla_policy_id, promises[None]).hours


def _waits(reading: Reading, firsts: list[Wait]) -> Waits | None:
    answered = tuple(wait.hours for wait in firsts if wait.is_pair)
    if len(answered) < FEWEST_FOR_CHART:
        return None
    limit = promised_hours(reading)
    note = f"Business hours from your first message to our first answer, {count(len(answered), 'request')}."
    return Waits(hours=answered, limit=limit, note=note)


def _row(reading: Reading, row: Request, wait: Wait | None) -> RequestRow:
    zone = reading.settings.time_zone
    is_solved = row.resolved_at is not None and row.resolved_at < reading.query.known_until
    subject = row.subject or f"{row.get_kind_display()} without a subject"
    return RequestRow(
        opened=day(local_day(row.opened_at, zone)),
        subject=subject,
        asked_by=row.contact.name if row.contact else NOTHING,
        first_answer=hours(wait.hours) if wait and wait.is_pair else NOTHING,
        solved=day(local_day(row.resolved_at, zone)) if is_solved else "Open",
        state=STATES[wait.outcome] if wait else UNKNOWN,
    )


def _is_late(wait: Wait | None) -> bool:
    return wait is not None and wait.outcome is Outcome.BREACHED
