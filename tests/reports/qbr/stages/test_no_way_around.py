"""Whatever is done in whatever order: nothing unapproved is sent, and nothing that was sent changes."""

from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent, OutboxEmail
from agencyam.exceptions import Refused
from agencyam.jobs import outbox
from reports.models import QBR, QBRDelivery, QBRImage, QBRLink
from reports.pdf import RenderedPDF
from reports.qbr import services
from reports.qbr.builder.services import add_image
from reports.qbr.delivery import sending
from reports.qbr.delivery.links import make_link
from reports.qbr.stages import meetings
from reports.qbr.stages import services as stages
from tests.constraints import refused_by
from tests.factories.accounts import LeaderFactory, MemberFactory
from tests.factories.clients import ClientFactory, ContactFactory
from tests.reports import books
from tests.reports.qbr.builder.test_services import png

PRINTED = RenderedPDF(b"%PDF-1.7 planted", 3, 0.1, 1.0)
MAY_CHANGE = {"stage", "meeting_at", "attendees", "checklist", "owner_id"}


class World:
    """One client, one member, one leader, and the verbs that the two have."""

    def __init__(self):
        self.member, self.leader = MemberFactory(), LeaderFactory()
        self.client = ClientFactory()
        ContactFactory(client=self.client, email="julia@northwind.example")
        self.locked = {}

    def do(self, verb, number):
        """The verb on one of the versions; whether it was refused."""
        versions = list(QBR.objects.order_by("version"))
        qbr = versions[number % len(versions)] if versions else None
        if qbr is None and verb != "create":
            return
        try:
            with transaction.atomic():
                getattr(self, verb)(qbr)
        except Refused:
            pass

    def create(self, qbr):
        books.make_draft(self.client, self.member)

    def submit(self, qbr):
        stages.submit_for_review(qbr=qbr, by=self.member, now=books.NOW)

    def withdraw(self, qbr):
        stages.withdraw(qbr=qbr, by=self.member)

    def approve(self, qbr):
        stages.approve(qbr=qbr, by=self.leader, now=books.NOW)

    def approve_own(self, qbr):
        stages.approve(qbr=qbr, by=self.member, now=books.NOW)

    def send_back(self, qbr):
        stages.send_back(qbr=qbr, by=self.leader, reason="No.")

    def print_it(self, qbr):
        begun = services._begin(qbr_id=qbr.pk)
        if begun:
            services._store(qbr=begun, rendered=PRINTED, now=books.NOW)

    def send(self, qbr):
        sending.send_qbr(qbr=qbr, by=self.member, today=books.TODAY, now=books.NOW)

    def hold(self, qbr):
        meetings.hold(qbr=qbr, meeting_at=books.NOW, attendees=[], by=self.member, now=books.NOW)

    def tick(self, qbr):
        meetings.tick(qbr=qbr, number=0, is_done=True, by=self.member, now=books.NOW)

    def close(self, qbr):
        meetings.close(qbr=qbr, by=self.member)

    def correct(self, qbr):
        meetings.correct(qbr=qbr, what="A fee.", by=self.member, today=books.TODAY)

    def check(self):
        for row in QBR.objects.values():
            approvals = self.events(row, "qbr.approve")
            if row["locked_at"] is None:
                assert self.mails(row) == 0
                continue
            assert row["stage"] in ("sent", "held", "closed")
            assert approvals > self.events(row, "qbr.send_back")
            assert row["approved_at"] is not None
            assert self.mails(row) == 1
            kept = {name: value for name, value in row.items() if name not in MAY_CHANGE}
            assert self.locked.setdefault(row["id"], kept) == kept
        assert QBR.objects.unfinished().count() <= 1

    def events(self, row, action):
        return AuditEvent.objects.filter(action=action, target_id=str(row["id"])).count()

    def mails(self, row):
        return OutboxEmail.objects.filter(key__contains=f":{row['version']}:").count()


# What leads on comes more often, so that the ways get long.
VERBS = (
    *("create", "submit", "submit", "withdraw", "approve", "approve", "approve_own", "send_back"),
    *("print_it", "print_it", "send", "send", "hold", "tick", "close", "correct", "correct"),
)
WAY = ("create", "submit", "approve", "print_it", "send")


@contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    start=st.integers(0, len(WAY)),
    steps=st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 2)), max_size=14),
)
def test_no_order_of_steps_sends_what_is_not_approved_or_changes_what_was_sent(agency, start, steps):
    with rolled_back():
        books.make_settings()
        world = World()
        for verb, number in [*((verb, 0) for verb in WAY[:start]), *steps]:
            world.do(verb, number)
            world.check()


@pytest.fixture
def client(agency):
    books.make_settings()
    client = ClientFactory()
    ContactFactory(client=client, email="julia@northwind.example")
    return client


SENT = {"stage": "sent", "sent_at": books.NOW, "locked_at": books.NOW}
BEHIND_THE_SERVICES = [
    ("make_draft", SENT, "qbr_stage_order"),
    ("make_draft", {"sent_at": books.NOW}, "qbr_sent_is_locked"),
    ("make_draft", {"locked_at": books.NOW}, "qbr_sent_is_locked"),
    ("make_draft", {"stage": "in_review"}, "qbr_in_review_is_dated"),
    ("make_draft", {"approved_at": books.NOW}, "qbr_approved_is_frozen"),
    ("make_approved", SENT, "qbr_sent_is_ready"),
    ("make_approved", {"snapshot": {}}, "qbr_approved_unchanged"),
    ("make_approved", {"draft": {"sections": []}}, "qbr_approved_unchanged"),
    ("make_approved", {"language": "de"}, "qbr_approved_unchanged"),
    ("make_printed", {"stage": "held"}, "qbr_stage_order"),
    ("make_printed", {"pdf": b"other"}, "qbr_pdf_unchanged"),
    ("make_printed", {"status": "rendering"}, "qbr_pdf_unchanged"),
    ("make_sent", {"stage": "draft"}, "qbr_stage_order"),
    ("make_sent", {"snapshot": {}}, "qbr_locked"),
    ("make_sent", {"pdf": b"other"}, "qbr_locked"),
    ("make_sent", {"sent_at": None, "locked_at": None}, "qbr_locked"),
    ("make_sent", {"revision": 99}, "qbr_locked"),
]


@pytest.mark.parametrize(("make", "change", "constraint"), BEHIND_THE_SERVICES)
def test_the_database_refuses_what_a_service_never_does(client, make, change, constraint):
    qbr = getattr(books, make)(client)

    assert refused_by(lambda: QBR.objects.filter(pk=qbr.pk).update(**change)) == constraint


@pytest.mark.parametrize("make", ["make_draft", "make_approved"])
def test_no_mail_and_no_link_belongs_to_what_is_not_approved_and_printed(client, make):
    qbr, contact = getattr(books, make)(client), client.contacts.get()
    mail = outbox.post(key="k", to=contact.email, subject="Review", text="Text.", is_client_mail=True)
    purpose = QBRLink.Purpose.REVIEW

    posted = refused_by(lambda: QBRDelivery.objects.create(qbr=qbr, contact=contact, mail=mail))
    linked = refused_by(lambda: make_link(qbr=qbr, contact=contact, purpose=purpose, now=books.NOW))

    assert (posted, linked) == ("qbr_only_approved", "qbr_only_approved")


def test_a_picture_that_versions_share_neither_changes_nor_goes(client):
    member = MemberFactory()
    about = {"key": "value", "caption": "A chart", "by": member, "now": books.NOW}
    add_image(qbr=books.make_draft(client, member), content=png(), **about)

    changed = refused_by(lambda: QBRImage.objects.update(caption="Another"))
    deleted = refused_by(lambda: QBRImage.objects.all()._raw_delete("default"))

    assert (changed, deleted) == ("qbrimage_unchanged", "qbrimage_unchanged")


def test_what_was_sent_is_not_deleted(client):
    qbr = books.make_sent(client)

    assert refused_by(lambda: QBR.objects.filter(pk=qbr.pk)._raw_delete("default")) == "qbr_locked"


def test_nobody_begins_a_second_review_of_a_period_that_is_worked_on(client):
    qbr = books.make_draft(client)
    fields = {"client": client, "period_start": qbr.period_start, "period_end": qbr.period_end}

    assert (
        refused_by(lambda: QBR.objects.create(**fields, as_of=qbr.as_of, version=2)) == "qbr_one_unfinished"
    )
