"""The contract lines behind a movement: which of a client's lines began, ended, paused or came back that day."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from clients.models import ContractLine
from kpis.analysis.bridge import BridgeRow

BEGAN, ENDED, PAUSED, RESUMED, RUNNING = "began", "ended", "paused", "resumed", "in force"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class LineBehind:
    """A line and what it did on the day. `last_day` is None while it is open."""

    line_id: int
    book_id: str
    service: str
    did: str
    starts_on: date
    last_day: date | None
    amount: Decimal
    currency: str
    reason: str


Lines = dict[int, list[ContractLine]]


def list_lines(*, client_ids: Collection[int], until: date) -> Lines:
    """The recurring lines of these clients that began before `until`, with pauses, by client. Two queries."""
    lines = ContractLine.objects.valid().recurring().with_monthly_amount()
    lines = lines.filter(client_id__in=client_ids, starts_on__lt=until).select_related("service")
    by_client: Lines = defaultdict(list)
    for line in lines.prefetch_related("pauses").order_by("starts_on", "pk"):
        by_client[line.client_id].append(line)
    return by_client


def lines_behind(row: BridgeRow, lines: Lines) -> list[LineBehind]:
    """Those of the row's service that changed on its day, else those in force around it.

    A discount in another service can move this one; then the client's lines that changed are named.
    """
    all_lines = lines.get(row.client_id, [])
    own = [line for line in all_lines if line.service.book_id == row.service]
    found = _changed(own, row.day) or _in_force(own, row.day) or _changed(all_lines, row.day)
    return [_behind(line, did) for line, did in found]


def _changed(lines: Iterable[ContractLine], day: date) -> list[tuple[ContractLine, str]]:
    return [(line, did) for line in lines if (did := _did(line, day))]


def _did(line: ContractLine, day: date) -> str:
    """What the line did on the day, or nothing."""
    if line.starts_on == day:
        return BEGAN
    if line.ends_on == day:
        return ENDED
    for pause in line.pauses.all():
        if pause.starts_on == day:
            return PAUSED
        if pause.ends_on == day:
            return RESUMED
    return ""


def _in_force(lines: Iterable[ContractLine], day: date) -> list[tuple[ContractLine, str]]:
    """On the day or, for what went away on it, the day before."""
    eve = day - ONE_DAY
    return [
        (line, RUNNING)
        for line in lines
        if line.starts_on <= day and (line.ends_on is None or line.ends_on > eve)
    ]


def _behind(line: ContractLine, did: str) -> LineBehind:
    reason = line.ended_reason if did == ENDED else line.reason
    return LineBehind(
        line_id=line.pk,
        book_id=line.book_id,
        service=line.service.name,
        did=did,
        starts_on=line.starts_on,
        last_day=line.ends_on and line.ends_on - ONE_DAY,
        amount=line.monthly,  # type: ignore[attr-defined]
        currency=line.currency,
        reason=reason.replace("_", " "),
    )
