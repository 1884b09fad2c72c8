"""What became of a mail, from what the server said at once and what a provider reported later. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import MailEvent, OutboxEmail


@dataclass(frozen=True)
class MailState:
    """A key, its tone and word, since when, and a detail in words."""

    key: str
    tone: str
    word: str
    at: datetime | None
    detail: str = ""


WORDS = {
    "queued": ("neutral", "Queued"),
    "sent": ("info", "Sent"),
    "delivered": ("good", "Delivered"),
    "bounced": ("bad", "Bounced"),
    "complained": ("bad", "Marked as spam"),
    "unknown": ("warn", "Unknown"),
    "failed": ("bad", "Not sent"),
}


def state_of(mail: OutboxEmail, events: Iterable[MailEvent]) -> MailState:
    """The worst that is known wins: a complaint over a bounce, a bounce over a delivery, a report over our own word."""
    by_kind = {event.kind: event for event in sorted(events, key=lambda event: event.at)}
    for kind in (MailEvent.Kind.COMPLAINED, MailEvent.Kind.BOUNCED, MailEvent.Kind.DELIVERED):
        if kind in by_kind:
            return _state(kind, by_kind[kind].at, by_kind[kind].note)
    if is_refused(mail):
        return _state("bounced", mail.created_at, mail.error)
    waits = mail.state in (OutboxEmail.State.QUEUED, OutboxEmail.State.SENDING)
    return _state("queued" if waits else mail.state, mail.sent_at or mail.created_at, mail.error)


def is_refused(mail: OutboxEmail) -> bool:
    """Whether the server refused it for good while we spoke to it."""
    return mail.state == OutboxEmail.State.FAILED and mail.smtp_code is not None


def is_undeliverable(mail: OutboxEmail, events: Iterable[MailEvent]) -> bool:
    """Whether the next mail to this address is likely to fail as well."""
    return state_of(mail, events).key in ("bounced", "complained")


def _state(key: str, at: datetime | None, detail: str) -> MailState:
    tone, word = WORDS[key]
    return MailState(key=key, tone=tone, word=word, at=at, detail=detail)
