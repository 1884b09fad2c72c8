"""Handing one mail to the server or provider, and telling what is certain afterwards."""

import base64
import logging
import smtplib
from dataclasses import dataclass
from typing import Any

from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.core.mail import EmailMultiAlternatives, get_connection

from agencyam.jobs.crashpoints import reach
from agencyam.tenancy.context import current_agency

logger = logging.getLogger(__name__)
REFUSED_ADDRESS = 550


@dataclass(frozen=True)
class Outcome:
    """The mail's new state, the error in words, and the code of a refusal for good."""

    state: str
    error: str = ""
    smtp_code: int | None = None


def hand_over(mail: Any, *, text: str, html: str, headers: dict[str, str]) -> Outcome:
    """Send a mail of the outbox, with its texts as its reader gets them.

    Until the server has the whole message an error is certain ("queued": try again). From then on a broken
    connection is not: the server may have taken the mail.
    """
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        return Outcome("queued", f"Mail server unreachable: {type(error).__name__}")
    reach("outbox.connected")
    try:
        connection.send_messages([_message(mail, connection, text, html, headers)])
    except smtplib.SMTPRecipientsRefused as error:
        code, reply = next(iter(error.recipients.values()))
        return _refusal(code, reply)
    except smtplib.SMTPSenderRefused as error:
        return _refusal(error.smtp_code, error.smtp_error, is_of_reader=False)
    except smtplib.SMTPResponseException as error:
        return _refusal(error.smtp_code, error.smtp_error)
    except AnymailError as error:
        return _providers_word(error, mail)
    except (OSError, smtplib.SMTPException) as error:
        is_certain = not getattr(connection, "has_whole_message", True)
        return _broken(mail, type(error).__name__, is_certain=is_certain)
    finally:
        _close(connection)
    return Outcome("sent")


def _refusal(code: int, reply: Any, *, is_of_reader: bool = True) -> Outcome:
    words = reply.decode(errors="replace") if isinstance(reply, bytes) else str(reply)
    error = f"{code} {words}".replace("\x00", "")[:500]
    if 400 <= code < 500:
        return Outcome("queued", error)
    return Outcome("failed", error, smtp_code=code if is_of_reader else None)


def _providers_word(error: AnymailError, mail: Any) -> Outcome:
    """What an answer of a provider's interface means: only a connection without an answer leaves a doubt."""
    if isinstance(error, AnymailRecipientsRefused):
        return Outcome("failed", "The provider does not deliver to this address.", smtp_code=REFUSED_ADDRESS)
    if not isinstance(error, AnymailAPIError):
        return Outcome("failed", f"The mail could not be made: {type(error).__name__}")
    if error.status_code is None or error.status_code >= 500:
        return _broken(mail, type(error).__name__, is_certain=False)
    state = "queued" if error.status_code == 429 else "failed"
    return Outcome(state, f"The provider answered {error.status_code}.")


def _broken(mail: Any, name: str, *, is_certain: bool) -> Outcome:
    state = "unknown" if not (is_certain or mail.may_repeat) else "queued"
    return Outcome(state, f"The connection broke while sending: {name}")


def _close(connection: Any) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        logger.info("The mail server had hung up already.")


def _message(
    mail: Any, connection: Any, text: str, html: str, headers: dict[str, str]
) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=text,
        to=[mail.to_email],
        headers={**headers, "Message-ID": mail.message_id},
        connection=connection,
    )
    # A provider repeats it in what it reports; SMTP does not send it.
    message.metadata = {"agency": current_agency().slug, "mail": str(mail.pk)}  # type: ignore[attr-defined]
    if html:
        message.attach_alternative(html, "text/html")
    for attachment in mail.attachments:
        message.attach(attachment["name"], base64.b64decode(attachment["content"]), attachment["type"])
    return message
