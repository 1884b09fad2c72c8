"""The database refuses answers that count twice, and links that could not be kept."""

from datetime import timedelta

import pytest

from clients.models import Contact
from reports.models import (
    QBRAgreement,
    QBRComment,
    QBRDelivery,
    QBRLink,
    QBRLinkSighting,
    QBRSignOff,
)
from reports.qbr.delivery.sending import send_qbr
from tests.constraints import refused_by
from tests.reports import books

NOW = books.NOW


@pytest.fixture
def about(plain_printed):
    """A version that was sent, and one of its readers."""
    send_qbr(qbr=plain_printed, by=None, today=books.TODAY, now=NOW)
    return {"qbr": plain_printed, "contact": Contact.objects.order_by("pk")[0]}


def link(about, **fields):
    usual = {
        "token_hash": "a" * 64,
        "purpose": "review",
        "created_at": NOW,
        "expires_at": NOW + timedelta(days=1),
    }
    return QBRLink.objects.create(**about, **{**usual, **fields})


def test_what_counts_once_is_kept_once(about):
    delivery = QBRDelivery.objects.first()
    rows = {
        "qbrsignoff_once": lambda: QBRSignOff.objects.create(**about, signed_at=NOW),
        "qbragreement_once": lambda: QBRAgreement.objects.create(
            **about, position=0, what="x", agreed_at=NOW
        ),
        "qbrlink_token_unique": lambda: link(about),
    }
    for write in rows.values():
        write()

    found = {name: refused_by(write) for name, write in rows.items()}
    same_mail = refused_by(lambda: QBRDelivery.objects.create(**about, mail=delivery.mail))

    assert found == {name: name for name in rows}
    assert same_mail.startswith("reports_qbrdelivery_mail_id") or same_mail == "qbrdelivery_unique"


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("qbrlink_hash_sha256", {"token_hash": "a-token-in-the-clear"}),
        ("qbrlink_purpose_listed", {"purpose": "login"}),
        ("qbrlink_expires_later", {"expires_at": NOW}),
    ],
)
def test_a_wrong_link_is_refused(about, constraint, fields):
    assert refused_by(lambda: link(about, **fields)) == constraint


def test_an_empty_comment_and_a_sighting_before_the_first_are_refused(about):
    seen = link(about)

    comment = refused_by(lambda: QBRComment.objects.create(**about, text="", written_at=NOW))
    sighting = refused_by(
        lambda: QBRLinkSighting.objects.create(
            link=seen, first_seen_at=NOW, last_seen_at=NOW - timedelta(days=1)
        )
    )

    assert (comment, sighting) == ("qbrcomment_text_present", "qbrlinksighting_last_not_before_first")
