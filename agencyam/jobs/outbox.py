"""Mail as rows written with their cause; sent once, or said to be unknown.

A worker that dies between the server's "250 OK" and our commit leaves a mail of which nobody can know
whether it went out. It is then marked *unknown*, and only a person sends a second copy of a client's; only
mail about a member's own security is sent again by itself. What surely never left a person may try again.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import getaddresses
from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from agencyam.jobs import services
from agencyam.jobs.crashpoints import reach
from agencyam.jobs.handover import Outcome, hand_over
from agencyam.jobs.models import MAX_ATTEMPTS
from agencyam.sealing import seal, unseal
from agencyam.tenancy.context import current_agency

Attachment = tuple[str, bytes, str]
PURPOSE = "agencyam.jobs.outbox"
LONGEST_SUBJECT = 300
LONGEST_HEADER = 900
LONGEST_NAME = 150
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
# They say who gets the mail and which mail it is; only the outbox writes them.
_OWN_HEADERS = frozenset({"to", "cc", "bcc", "message-id", "subject", "sender", "resent-to"})
_ONE_ADDRESS = frozenset({"from", "reply-to"})
_MESSAGE_ID = re.compile(r"<?[0-9a-f]{32}\.([a-z0-9-]{1,32})@")


class MailNotSent(RuntimeError):
    """The server did not take the mail and said so; it may be tried again."""


class OutboxEmailBase(models.Model):
    """One mail to one address. ``key`` names its cause, so that the same cause never writes two."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        UNKNOWN = "unknown", "Unknown: the connection broke before the server confirmed"
        FAILED = "failed", "Refused by the mail server"

    key = models.CharField(max_length=300, unique=True)
    to_email = models.EmailField(max_length=254)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True)
    attachments = models.JSONField(default=list, blank=True)
    is_client_mail = models.BooleanField()
    # Sent again by itself where nobody can know whether it left: right for a link to sign in, wrong for news.
    may_repeat = models.BooleanField(db_default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    # What the mail server answered, where it refused the mail for good.
    smtp_code = models.PositiveSmallIntegerField(null=True, blank=True)
    # Words for the placeholders of the texts, encrypted: personal links lie nowhere in the clear.
    sealed = models.TextField(blank=True)
    message_id = models.CharField(max_length=255)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sending", "sent", "unknown", "failed"]),
                name="%(class)s_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="%(class)s_sent_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(is_client_mail=True, may_repeat=True), name="%(class)s_client_mail_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.to_email}"


def outbox_model() -> type[OutboxEmailBase]:
    return apps.get_model(settings.OUTBOX_MODEL)


def post(
    *,
    key: str,
    to: str,
    subject: str,
    text: str,
    is_client_mail: bool,
    may_repeat: bool = False,
    html: str = "",
    attachments: Sequence[Attachment] = (),
    headers: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
) -> Any:
    """Write a mail and its job inside the caller's transaction. The same key again returns the first row.

    `secrets`: what takes the place of `[[name]]` in text, HTML and headers when the mail leaves; the row keeps
    it encrypted, until then. Raises ValueError for what would forge headers or reach somebody else.
    """
    _refuse_forgery(to, subject, headers or {}, attachments)
    reach("outbox.before_insert")
    mail, _ = outbox_model().objects.get_or_create(
        key=key,
        defaults={
            "to_email": to,
            "subject": subject[:LONGEST_SUBJECT],
            "text": text,
            "html": html,
            "headers": dict(headers or {}),
            "attachments": [
                {"name": name, "type": kind, "content": base64.b64encode(content).decode()}
                for name, content, kind in attachments
            ],
            "is_client_mail": is_client_mail,
            "may_repeat": may_repeat,
            "sealed": seal(json.dumps(dict(secrets)), purpose=PURPOSE) if secrets else "",
            "message_id": _message_id(key),
        },
    )
    services.enqueue(kind="mail.send", period_key=f"mail:{mail.pk}", payload={"outbox_id": mail.pk})
    reach("outbox.inserted")
    return mail


def send_again(*, mail: OutboxEmailBase) -> bool:
    """A person accepts that a second copy may arrive. False unless nobody knows whether the first one did."""
    return _put_back(mail, Q(state=OutboxEmailBase.State.UNKNOWN), is_second_copy=True)


def try_again(*, mail: OutboxEmailBase) -> bool:
    """A person lets a mail wait once more; it is still the first copy. False unless it surely never left.

    An address that the server refused for good is not tried again: a changed address gets a mail of its own.
    """
    never_left = Q(state=OutboxEmailBase.State.FAILED, smtp_code__isnull=True)
    return _put_back(mail, never_left, is_second_copy=False)


def _put_back(mail: OutboxEmailBase, condition: Q, *, is_second_copy: bool) -> bool:
    changed = type(mail).objects.filter(condition, pk=mail.pk).update(state="queued", error="")
    if changed:
        attempt = type(mail).objects.values_list("attempts", flat=True).get(pk=mail.pk)
        services.enqueue(
            kind="mail.send",
            period_key=f"mail:{mail.pk}:again:{attempt}",
            payload={"outbox_id": mail.pk, "is_second_copy": is_second_copy},
        )
    return bool(changed)


def send_mail_job(*, outbox_id: int, now: datetime, is_second_copy: bool = False) -> str:
    """Send one mail if it waits; settle it if an earlier attempt died halfway. Returns the state afterwards.

    A second copy that never leaves says nothing of the first: the mail is unknown again, not failed.
    Raises MailNotSent when the server was unreachable or asked to come back later.
    """
    manager = outbox_model().objects
    reach("outbox.before_claim")
    mail = manager.filter(pk=outbox_id).first()
    if mail is None:
        return "gone"
    if mail.state == mail.State.SENDING and not mail.may_repeat:
        manager.filter(pk=mail.pk, state="sending").update(
            state="unknown", error="The sender stopped before the server's answer was stored."
        )
        return mail.State.UNKNOWN
    # Only as it was read: of two that read it waiting, one sends it.
    waiting = manager.filter(pk=mail.pk, state__in=["queued", "sending"])
    claimed = waiting.filter(state=mail.state, attempts=mail.attempts).update(
        state="sending", attempts=F("attempts") + 1
    )
    if not claimed:
        return mail.state
    reach("outbox.claimed")
    outcome = hand_over(mail, **readable(mail))
    state = _state_after(outcome, attempt=mail.attempts + 1, is_second_copy=is_second_copy)
    reach("outbox.delivered")
    # A link that has left is its reader's alone; the demo's visitor is all readers.
    is_over = state == "sent" or outcome.smtp_code is not None
    forgotten = {"sealed": ""} if is_over and not settings.DEMO else {}
    manager.filter(pk=mail.pk, state="sending").update(
        state=state,
        error=outcome.error,
        smtp_code=outcome.smtp_code,
        sent_at=now if state == "sent" else None,
        **forgotten,
    )
    reach("outbox.settled")
    if state == "queued":
        raise MailNotSent(outcome.error)
    return state


def _state_after(outcome: Outcome, *, attempt: int, is_second_copy: bool) -> str:
    state = outcome.state
    if state == "queued" and attempt % MAX_ATTEMPTS == 0:
        state = "failed"
    has_never_left = state == "failed" and outcome.smtp_code is None
    return "unknown" if has_never_left and is_second_copy else state


def readable(mail: OutboxEmailBase) -> dict[str, Any]:
    """Text, HTML and headers of a mail as its reader gets them."""
    secrets = json.loads(unseal(mail.sealed, purpose=PURPOSE)) if mail.sealed else {}

    def fill(text: str) -> str:
        for name, value in secrets.items():
            text = text.replace(f"[[{name}]]", value)
        return text

    headers = {name: fill(value) for name, value in mail.headers.items()}
    return {"text": fill(mail.text), "html": fill(mail.html), "headers": headers}


def agency_of(message_id: str) -> str:
    """The short name of the agency that wrote the mail of this Message-ID; empty if the outbox did not make it."""
    match = _MESSAGE_ID.match(message_id)
    return match[1] if match else ""


def _refuse_forgery(
    to: str, subject: str, headers: Mapping[str, str], attachments: Sequence[Attachment]
) -> None:
    names = [name for name, _, _ in attachments]
    if any(_CONTROL.search(value) for value in (to, subject, *headers, *headers.values(), *names)):
        raise ValueError(
            "A mail's subject, address and headers are one line each, without control characters."
        )
    if any(len(name) > LONGEST_NAME for name in names):
        raise ValueError(f"An attachment's name has at most {LONGEST_NAME} characters.")
    _refuse_other_than_one([("", to)], "A mail goes to one plain address.")
    for name, value in headers.items():
        if name.lower() in _ONE_ADDRESS:
            _refuse_other_than_one(getaddresses([value]), f"The header {name} holds one address.")
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _OWN_HEADERS or len(value) > LONGEST_HEADER:
            raise ValueError(f"A mail cannot carry the header {name[:60]}.")


def _refuse_other_than_one(addresses: Sequence[tuple[str, str]], why: str) -> None:
    try:
        ((_, address),) = addresses
        validate_email(address)
    except (ValueError, ValidationError):
        raise ValueError(why) from None


def _message_id(key: str) -> str:
    digest = hashlib.sha256(f"{current_agency().uuid}:{key}".encode()).hexdigest()[:32]
    return f"<{digest}.{current_agency().slug}@{settings.PUBLIC_HOST}>"
