"""The letter that carries a review to one person."""

import hashlib
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from reports.qbr.document import Cover, QBRDocument
from reports.qbr.layout import is_hidden
from reports.qbr.models import QBR
from reports.qbr.printing.colours import text_on

LONGEST_KEY = 300
LONGEST_SENDER = 70
MOST_SENTENCES = 4
MOST_DECISIONS = 3


@dataclass(frozen=True)
class Letter:
    """Subject, words and attachment; the words name the person they go to.

    `[[review-link]]` and `[[unsubscribe-link]]` stand for addresses that only that person may know.
    """

    subject: str
    context: dict[str, Any]
    attachment: tuple[str, bytes, str]
    headers: dict[str, str]
    language: str

    def text_for(self, name: str) -> str:
        return self._rendered("reports/email/qbr_sent.txt", name)

    def html_for(self, name: str) -> str:
        return self._rendered("reports/email/qbr_sent.html", name)

    def _rendered(self, template: str, name: str) -> str:
        with translation.override(self.language):
            return render_to_string(template, self.context | {"name": one_line(name)})


def write_letter(*, document: QBRDocument, pdf: bytes, sender: User | None, message: str = "") -> Letter:
    """The letter of a review, from what its document says; answers go to the sender. `message`: plain text."""
    cover, summary = document.cover, document.summary
    is_told = not is_hidden(document, "summary")
    context = {
        "cover": cover,
        "on_brand": text_on(cover.brand_color),
        "message": message.strip(),
        "sentences": summary.sentences[:MOST_SENTENCES] if is_told else (),
        "decisions": summary.decisions[:MOST_DECISIONS] if is_told else (),
        "sender": sender.name if sender else cover.prepared_by,
    }
    return Letter(
        subject=_subject(cover),
        context=context,
        attachment=(file_name(document), pdf, "application/pdf"),
        headers=_headers(cover, sender),
        language=cover.language,
    )


def _subject(cover: Cover) -> str:
    """A correction says which version it is, so that nobody takes it for the mail that they had."""
    subject = one_line(f"{cover.title} {cover.period_short}: {cover.client}")
    if cover.version == 1:
        return subject
    with translation.override(cover.language):
        version = _("version %(number)s") % {"number": cover.version}
    return f"{subject} ({version})"


def _headers(cover: Cover, sender: User | None) -> dict[str, str]:
    """The agency as the sender, the person for answers, and the way out in one click (RFC 8058)."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    headers = {
        "From": formataddr((one_line(cover.agency)[:LONGEST_SENDER], address)),
        "List-Unsubscribe": "<[[unsubscribe-link]]>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return headers | ({"Reply-To": sender.email} if sender else {})


def one_line(text: str) -> str:
    """Without line breaks and control characters, for a header or a greeting."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())


def file_name(document: QBRDocument) -> str:
    """A name that every system takes: ASCII letters, digits and dashes."""
    cover = document.cover
    words = slugify(f"{cover.client[:60]} review {cover.period_short}") or "review"
    version = f"-version-{cover.version}" if cover.version > 1 else ""
    return f"{words}{version}.pdf"


def key_prefix(qbr: QBR) -> str:
    """How the keys of all mails of this version begin."""
    return f"qbr:{qbr.client.book_id}:{qbr.period_start}..{qbr.period_end}:{qbr.version}:"


def key_of(qbr: QBR, email: str) -> str:
    """The outbox key of this version's mail to one address."""
    key = f"{key_prefix(qbr)}{email.lower()}"
    return key if len(key) <= LONGEST_KEY else f"{key[:200]}:{hashlib.sha256(key.encode()).hexdigest()}"
