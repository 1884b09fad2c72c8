"""The database refuses reviews, plans, links and answers that must not be, each by the constraint made for it."""

from datetime import date, timedelta

import pytest
from django.db import connection

from agencyam.jobs import outbox
from reports.models import (
    QBR,
    QBRAgreement,
    QBRBatch,
    QBRBatchItem,
    QBRComment,
    QBRDelivery,
    QBRImage,
    QBRLink,
    QBRLinkSighting,
    QBRPlan,
    QBRSignOff,
    QBRTemplate,
    QBRText,
)
from tests.constraints import constraint_names, refused_by, unlisted_choices
from tests.factories.accounts import MemberFactory
from tests.factories.clients import ClientFactory, ContactFactory
from tests.reports import books

NOW, EARLIER = books.NOW, books.NOW - timedelta(days=1)
APPROVED = {"stage": "approved", "approved_at": NOW, "snapshot": {}}
READY = {"status": "ready", "pdf": b"%PDF", "pdf_sha256": "a" * 64, "pages": 3, "rendered_at": NOW}
SENT = {**APPROVED, **READY, "stage": "sent", "sent_at": NOW, "locked_at": NOW}


class Rows:
    """One row of each model, right but for the fields that a test gives."""

    def __init__(self):
        self.client = ClientFactory()
        self.contact = ContactFactory(client=self.client)

    def qbr(self, **fields):
        usual = {"client": self.client, "as_of": books.TODAY}
        days = {"period_start": books.PERIOD.start, "period_end": books.PERIOD.end}
        return QBR.objects.create(**{**usual, **days, **fields})

    def of_review(self, model, **fields):
        qbr = QBR.objects.filter(client=self.client).first() or self.qbr(**APPROVED, **READY)
        return model.objects.create(**{"qbr": qbr, "contact": self.contact, **fields})

    def template(self, **fields):
        return QBRTemplate.objects.create(**fields)

    def plan(self, **fields):
        return QBRPlan.objects.create(client=self.client, **fields)

    def batch(self, **fields):
        days = {"period_start": books.PERIOD.start, "period_end": books.PERIOD.end}
        return QBRBatch.objects.create(requested_by=MemberFactory(), **{**days, **fields})

    def item(self, **fields):
        return QBRBatchItem.objects.create(**{"batch": self.batch(), "client": self.client, **fields})

    def image(self, **fields):
        usual = {"kind": "png", "caption": "A chart", "content": b"x", "width": 1, "height": 1}
        return QBRImage.objects.create(**{"client": self.client, "added_at": NOW, **usual, **fields})

    def text(self, **fields):
        return QBRText.objects.create(qbr=self.qbr(), section="goals", written_at=NOW, **fields)

    def link(self, **fields):
        usual = {"token_hash": "a" * 64, "purpose": "review"}
        days = {"created_at": NOW, "expires_at": NOW + timedelta(days=1)}
        return self.of_review(QBRLink, **{**usual, **days, **fields})

    def sighting(self, **fields):
        usual = {"first_seen_at": NOW, "last_seen_at": NOW}
        return QBRLinkSighting.objects.create(link=self.link(), **{**usual, **fields})

    def agreement(self, **fields):
        return self.of_review(QBRAgreement, **{"position": 0, "what": "x", "agreed_at": NOW, **fields})

    def comment(self, **fields):
        return self.of_review(QBRComment, **{"text": "x", "written_at": NOW, **fields})

    def sign_off(self):
        return self.of_review(QBRSignOff, signed_at=NOW)


@pytest.fixture
def rows(agency):
    return Rows()


# One wrong row each: the constraint that must refuse it, the row, the fields that make it wrong.
WRONG_ROWS = [
    ("qbr_approved_is_frozen", "qbr", {"stage": "approved", "approved_at": NOW}),
    ("qbr_approved_is_frozen", "qbr", {"stage": "approved", "snapshot": {}}),
    ("qbr_approved_is_frozen", "qbr", {"approved_at": NOW}),
    ("qbr_correction_says_what", "qbr", {"correction": "A fee."}),
    ("qbr_end_after_start", "qbr", {"period_end": books.PERIOD.start}),
    ("qbr_failed_says_why", "qbr", {"status": "failed"}),
    ("qbr_in_review_is_dated", "qbr", {"stage": "in_review"}),
    ("qbr_known_from_start", "qbr", {"as_of": books.PERIOD.start - timedelta(days=1)}),
    ("qbr_language_listed", "qbr", {"language": "fr"}),
    ("qbr_paper_listed", "qbr", {"paper": "a3"}),
    *(("qbr_ready_has_pdf", "qbr", {**APPROVED, **READY, name: None}) for name in ("pdf", "pages")),
    ("qbr_ready_has_pdf", "qbr", {**APPROVED, **READY, "pdf_sha256": ""}),
    ("qbr_sent_is_locked", "qbr", {**SENT, "locked_at": None}),
    ("qbr_sent_is_locked", "qbr", {**SENT, "stage": "approved"}),
    ("qbr_sent_is_ready", "qbr", {**SENT, "status": "queued"}),
    ("qbr_status_listed", "qbr", {"status": "lost"}),
    ("qbrbatch_end_after_start", "batch", {"period_end": books.PERIOD.start}),
    ("qbrcomment_text_present", "comment", {"text": ""}),
    ("qbrimage_caption_present", "image", {"caption": ""}),
    ("qbrimage_has_size", "image", {"width": 0}),
    ("qbrimage_has_size", "image", {"height": 0}),
    ("qbrimage_kind_listed", "image", {"kind": "svg"}),
    ("qbrlink_expires_later", "link", {"expires_at": NOW}),
    ("qbrlink_hash_sha256", "link", {"token_hash": "a-token-in-the-clear"}),
    ("qbrlink_purpose_listed", "link", {"purpose": "login"}),
    ("qbrlinksighting_last_not_before_first", "sighting", {"last_seen_at": EARLIER}),
    ("qbrlinksighting_last_not_before_first", "sighting", {"times": 0}),
    ("qbrplan_days_within_reach", "plan", {"send_after_business_days": 0}),
    ("qbrplan_days_within_reach", "plan", {"send_after_business_days": 41}),
    ("qbrplan_language_listed", "plan", {"language": "fr"}),
    ("qbrplan_paper_listed", "plan", {"paper": "a3"}),
    ("qbrtemplate_days_within_reach", "template", {"send_after_business_days": 0}),
    ("qbrtemplate_days_within_reach", "template", {"send_after_business_days": 41}),
    ("qbrtemplate_language_listed", "template", {"language": "fr"}),
    ("qbrtemplate_paper_listed", "template", {"paper": "a3"}),
    ("qbrtext_text_present", "text", {"text": ""}),
]

# What counts once: the same row a second time.
ONCE = {
    "qbr_version_unique": ("qbr", SENT),
    "qbragreement_once": ("agreement", {}),
    "qbrlink_token_unique": ("link", {}),
    "qbrsignoff_once": ("sign_off", {}),
    "qbrtemplate_tier_unique": ("template", {"tier": "A"}),
}

# Refused only beside another row; each has a test of its own below.
REFUSED_BESIDE_ANOTHER = {
    "qbr_corrected_once",
    "qbr_one_unfinished",
    "qbr_stage_listed",
    "qbrbatchitem_client_once",
    "qbrbatchitem_made_or_failed",
}


def test_every_constraint_has_a_row_that_violates_it():
    tested = {name for name, _, _ in WRONG_ROWS} | set(ONCE) | REFUSED_BESIDE_ANOTHER

    assert sorted(tested) == constraint_names("reports")


def test_every_closed_list_holds_exactly_its_choices():
    assert unlisted_choices("reports") == []


@pytest.mark.parametrize(("constraint", "make", "fields"), WRONG_ROWS)
def test_a_wrong_row_is_refused_by_its_own_constraint(rows, constraint, make, fields):
    assert refused_by(lambda: getattr(rows, make)(**fields)) == constraint


@pytest.mark.parametrize(("constraint", "row"), ONCE.items())
def test_what_counts_once_is_kept_once(rows, constraint, row):
    make, fields = row
    getattr(rows, make)(**fields)

    assert refused_by(lambda: getattr(rows, make)(**fields)) == constraint


def test_a_stage_that_nobody_knows_is_refused(rows):
    """Every stage but the known ones breaks other rules too: only without them this one is asked."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE reports_qbr DROP CONSTRAINT qbr_approved_is_frozen")
        cursor.execute("ALTER TABLE reports_qbr DROP CONSTRAINT qbr_sent_is_locked")

    assert refused_by(lambda: rows.qbr(stage="lost")) == "qbr_stage_listed"


def test_two_drafts_of_one_period_are_refused(rows):
    rows.qbr()

    assert refused_by(lambda: rows.qbr(version=2)) == "qbr_one_unfinished"


def test_a_version_is_corrected_once_and_only_in_words(rows):
    first = rows.qbr(**SENT)
    correction = {"supersedes": first, "correction": "A fee."}

    assert refused_by(lambda: rows.qbr(version=2, supersedes=first)) == "qbr_correction_says_what"
    rows.qbr(version=2, **{**SENT, **correction})
    assert refused_by(lambda: rows.qbr(version=3, **correction)) == "qbr_corrected_once"


def test_a_batch_has_a_client_once_and_one_outcome_for_each(rows):
    item = rows.item(qbr=rows.qbr())
    other = ClientFactory()

    again = refused_by(lambda: rows.item(batch=item.batch))
    both = refused_by(lambda: rows.item(client=other, qbr=item.qbr, error="Failed."))

    assert (again, both) == ("qbrbatchitem_client_once", "qbrbatchitem_made_or_failed")


def test_a_mail_delivers_one_review_to_one_contact(rows):
    mail = outbox.post(key="k", to="a@b.example", subject="Review", text="Text.", is_client_mail=True)
    rows.of_review(QBRDelivery, mail=mail)

    assert refused_by(lambda: rows.of_review(QBRDelivery, mail=mail)).startswith(
        "reports_qbrdelivery_mail_id"
    )


def test_the_day_of_a_review_may_be_the_first_of_its_period(rows):
    assert refused_by(lambda: rows.qbr(as_of=date(2026, 7, 1))) == ""
