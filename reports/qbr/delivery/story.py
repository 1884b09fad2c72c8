"""Reviews in a client's story: sent, agreed to, commented, signed off.

That a link was opened is no event: mail scanners open links too.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from clients.workspace.extensions import EventSource
from reports.qbr.delivery.models import QBRAgreement, QBRComment, QBRSignOff
from reports.qbr.models import HEAVY, QBR

_GROUP = ("reviews", "Reviews")


def _sent() -> QuerySet[QBR]:
    return QBR.objects.light()


def _agreements() -> QuerySet[QBRAgreement]:
    return _of(QBRAgreement.objects.all())


def _comments() -> QuerySet[QBRComment]:
    return _of(QBRComment.objects.all())


def _sign_offs() -> QuerySet[QBRSignOff]:
    return _of(QBRSignOff.objects.all())


def _of(answers: QuerySet[Any]) -> QuerySet[Any]:
    return answers.select_related("contact", "qbr").defer(*(f"qbr__{name}" for name in HEAVY))


def _describe_sent(row: QBR) -> Mapping[str, str]:
    return {**_review(row), "label": "Review sent", "text": row.correction}


def _describe_agreement(row: QBRAgreement) -> Mapping[str, str]:
    return {
        **_review(row.qbr),
        "label": "Next step agreed",
        "text": row.what,
        "tone": "good",
        "state": "Agreed",
    }


def _describe_comment(row: QBRComment) -> Mapping[str, str]:
    return {**_review(row.qbr), "label": "Comment on a review", "text": row.text}


def _describe_sign_off(row: QBRSignOff) -> Mapping[str, str]:
    return {**_review(row.qbr), "label": "Review signed off", "tone": "good", "state": "Signed off"}


def _review(qbr: QBR) -> dict[str, str]:
    version = f", version {qbr.version}" if qbr.version > 1 else ""
    return {
        "title": f"Review {qbr.period.label}{version}",
        "url": reverse("reports:qbr-detail", args=[qbr.pk]),
    }


EVENTS = (
    EventSource(
        kind="review_sent",
        group=_GROUP,
        icon="send",
        rows=_sent,
        at="sent_at",
        describe=_describe_sent,
    ),
    EventSource(
        kind="review_agreed",
        group=_GROUP,
        icon="list-check",
        rows=_agreements,
        at="agreed_at",
        client="qbr__client",
        describe=_describe_agreement,
    ),
    EventSource(
        kind="review_comment",
        group=_GROUP,
        icon="message",
        rows=_comments,
        at="written_at",
        client="qbr__client",
        describe=_describe_comment,
    ),
    EventSource(
        kind="review_signed_off",
        group=_GROUP,
        icon="circle-check",
        rows=_sign_offs,
        at="signed_at",
        client="qbr__client",
        describe=_describe_sign_off,
    ),
)
