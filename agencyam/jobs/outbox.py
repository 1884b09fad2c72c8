"""Mail as rows written with their cause; sent once, or said to be unknown.

A worker that dies between the server's "250 OK" and our commit leaves a mail of which nobody can know
whether it went out. A client's mail is then marked *unknown* and shown with a resend button; only mail
about a member's own security is sent again by itself.
"""

import base64
import hashlib
import logging
import smtplib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from agencyam.jobs import services
from agencyam.jobs.crashpoints import reach
from agencyam.jobs.models import MAX_ATTEMPTS
from agencyam.tenancy.context import current_agency

logger = logging.getLogger(__name__)
Attachment = tuple[str, bytes, str]


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
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
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
    html: str = "",
    attachments: Sequence[Attachment] = (),
    headers: Mapping[str, str] | None = None,
) -> Any:
    """Write a mail and its job inside the caller's transaction. The same key again returns the first row.

    Raises ValueError for a line break in subject or address, which would forge headers.
    """
    if any(mark in value for value in (to, subject) for mark in "\r\n"):
        raise ValueError("A mail's subject and address are one line each.")
    reach("outbox.before_insert")
    mail, _ = outbox_model().objects.get_or_create(
        key=key,
        defaults={
            "to_email": to,
            "subject": subject[:300],
            "text": text,
            "html": html,
            "headers": dict(headers or {}),
            "attachments": [
                {"name": name, "type": kind, "content": base64.b64encode(content).decode()}
                for name, content, kind in attachments
            ],
            "is_client_mail": is_client_mail,
            "message_id": _message_id(key),
        },
    )
    services.enqueue(kind="mail.send", period_key=f"mail:{mail.pk}", payload={"outbox_id": mail.pk})
    reach("outbox.inserted")
    return mail


def resend(*, mail: OutboxEmailBase, now: datetime) -> bool:
    """A person decided to send an unknown or refused mail again. False if it is in neither state."""
    again = [OutboxEmailBase.State.UNKNOWN, OutboxEmailBase.State.FAILED]
    changed = type(mail).objects.filter(pk=mail.pk, state__in=again).update(state="queued", error="")
    if changed:
        attempt = type(mail).objects.values_list("attempts", flat=True).get(pk=mail.pk)
        services.enqueue(
            kind="mail.send", period_key=f"mail:{mail.pk}:again:{attempt}", payload={"outbox_id": mail.pk}
        )
    return bool(changed)


def send_mail_job(*, outbox_id: int, now: datetime) -> str:
    """Send one mail if it waits; settle it if an earlier attempt died halfway. Returns the state afterwards.

    Raises MailNotSent when the server was unreachable or asked to come back later.
    """
    manager = outbox_model().objects
    reach("outbox.before_claim")
    mail = manager.filter(pk=outbox_id).first()
    if mail is None:
        return "gone"
    if mail.state == mail.State.SENDING and mail.is_client_mail:
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
    state, error = _deliver(mail)
    if state == "queued" and mail.attempts + 1 >= MAX_ATTEMPTS:
        state = "failed"
    reach("outbox.delivered")
    manager.filter(pk=mail.pk, state="sending").update(
        state=state, error=error, sent_at=now if state == "sent" else None
    )
    reach("outbox.settled")
    if state == "queued":
        raise MailNotSent(error)
    return state


def _deliver(mail: OutboxEmailBase) -> tuple[str, str]:
    """Hand the mail to the server. Returns the new state and the error in words.

    Before the message has been handed over an error is certain ("queued": try again). From then on a broken
    connection is not: the server may have taken the mail.
    """
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        return "queued", f"Mail server unreachable: {type(error).__name__}"
    reach("outbox.connected")
    try:
        connection.send_messages([_message(mail, connection)])
    except smtplib.SMTPRecipientsRefused as error:
        code, reply = next(iter(error.recipients.values()))
        return _refusal(code, reply)
    except smtplib.SMTPResponseException as error:
        return _refusal(error.smtp_code, error.smtp_error)
    except (OSError, smtplib.SMTPException) as error:
        state = "unknown" if mail.is_client_mail else "queued"
        return state, f"The connection broke while sending: {type(error).__name__}"
    finally:
        _close(connection)
    return "sent", ""


def _refusal(code: int, reply: Any) -> tuple[str, str]:
    words = reply.decode(errors="replace") if isinstance(reply, bytes) else str(reply)
    return ("queued" if 400 <= code < 500 else "failed"), f"{code} {words}"[:500]


def _close(connection: Any) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        logger.info("The mail server had hung up already.")


def _message(mail: OutboxEmailBase, connection: Any) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        to=[mail.to_email],
        headers={**mail.headers, "Message-ID": mail.message_id},
        connection=connection,
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for attachment in mail.attachments:
        message.attach(attachment["name"], base64.b64decode(attachment["content"]), attachment["type"])
    return message


def _message_id(key: str) -> str:
    digest = hashlib.sha256(f"{current_agency().uuid}:{key}".encode()).hexdigest()[:40]
    return f"<{digest}@{settings.PUBLIC_HOST}>"
