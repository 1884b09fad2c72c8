"""The letter that carries a review to one person."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.text import slugify

from accounts.models import User
from reports.qbr.document import QBRDocument
from reports.qbr.models import QBR

LONGEST_KEY = 300


@dataclass(frozen=True)
class Letter:
    """Subject, words and attachment; the words name the person they go to."""

    subject: str
    context: dict[str, Any]
    attachment: tuple[str, bytes, str]
    headers: dict[str, str]

    def text_for(self, name: str) -> str:
        return self._rendered("reports/email/qbr_sent.txt", name)

    def html_for(self, name: str) -> str:
        return self._rendered("reports/email/qbr_sent.html", name)

    def _rendered(self, template: str, name: str) -> str:
        return render_to_string(template, self.context | {"name": name})


def write_letter(*, document: QBRDocument, pdf: bytes, sender: User | None) -> Letter:
    """The letter of a review, from what its document says; answers go to the sender."""
    cover = document.cover
    context = {
        "cover": cover,
        "summary": document.summary,
        "sender": sender.name if sender else cover.prepared_by,
    }
    subject = " ".join(f"{cover.title} {cover.period_short}: {cover.client}".split())
    return Letter(
        subject=subject,
        context=context,
        attachment=(file_name(document), pdf, "application/pdf"),
        headers={"Reply-To": sender.email} if sender else {},
    )


def file_name(document: QBRDocument) -> str:
    """A name that every system takes: ASCII letters, digits and dashes."""
    cover = document.cover
    words = slugify(f"{cover.client[:60]} review {cover.period_short}") or "review"
    return f"{words}.pdf"


def key_prefix(qbr: QBR) -> str:
    """How the keys of all mails of this version begin."""
    return f"qbr:{qbr.client.book_id}:{qbr.period_start}..{qbr.period_end}:{qbr.version}:"


def key_of(qbr: QBR, email: str) -> str:
    """The outbox key of this version's mail to one address."""
    key = f"{key_prefix(qbr)}{email.lower()}"
    return key if len(key) <= LONGEST_KEY else f"{key[:200]}:{hashlib.sha256(key.encode()).hexdigest()}"
