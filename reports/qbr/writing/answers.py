"""How long the client took to answer us: the mirror of the waits that we are judged by. Pure, but for one reading."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import median

from clients.book.models import Client
from clients.service.business_time import Calendar, business_microseconds
from clients.service.models import Message

_MICROSECONDS_PER_HOUR = 3_600_000_000


@dataclass(frozen=True)
class Act:
    """When somebody wrote in a request, and from which side. What was written is not read."""

    request_id: int
    sent_at: datetime
    is_ours: bool


@dataclass(frozen=True)
class Answer:
    """From our first message that waited for the client to their next one, in the hours of the promise."""

    asked_at: datetime
    hours: Decimal


def read_acts(client: Client, starts_at: datetime, known_until: datetime) -> list[Act]:
    """Human messages that the client can see, by request and time."""
    rows = Message.objects.filter(
        request__client=client,
        sent_at__gte=starts_at,
        sent_at__lt=known_until,
        is_auto=False,
        is_public=True,
    )
    ours = Message.Direction.OUTBOUND
    values = rows.order_by("request_id", "sent_at", "pk").values_list("request_id", "sent_at", "direction")
    return [Act(request, sent_at, direction == ours) for request, sent_at, direction in values]


def pair_answers(acts: Iterable[Act], calendar: Calendar | None) -> list[Answer]:
    """Each of the client's answers to us; what they did not answer needed none, as far as anybody can tell."""
    answers = []
    asked: dict[int, datetime] = {}
    for act in acts:
        if act.is_ours:
            asked.setdefault(act.request_id, act.sent_at)
            continue
        since = asked.pop(act.request_id, None)
        if since is not None:
            elapsed = business_microseconds(calendar, since, act.sent_at)
            answers.append(Answer(since, Decimal(elapsed) / _MICROSECONDS_PER_HOUR))
    return sorted(answers, key=lambda answer: answer.asked_at)


def middle(hours: Iterable[Decimal]) -> Decimal | None:
    """The median; None of nothing."""
    known = list(hours)
    return median(known) if known else None
