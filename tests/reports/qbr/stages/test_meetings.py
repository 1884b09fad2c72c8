"""After the sending: planned, held, closed, corrected, and the checklist on the way."""

from datetime import timedelta

import pytest

from accounts.models import AuditEvent
from reports.models import QBR
from reports.qbr.delivery import sending
from reports.qbr.stages import meetings
from reports.qbr.stages import services as stages
from tests.factories.accounts import MemberFactory
from tests.factories.clients import ClientFactory, ContactFactory
from tests.reports import books

WHO = [
    {"contact_id": 7, "name": " Júlia  Ramos ", "side": "client"},
    {"contact_id": None, "name": "Ana Okafor", "side": "agency"},
    {"contact_id": None, "name": "júlia ramos", "side": "client"},
]


@pytest.fixture
def member(agency):
    books.make_settings()
    return MemberFactory(name="Ana Okafor")


@pytest.fixture
def client(member):
    client = ClientFactory(name="Northwind Ltd")
    ContactFactory(client=client, name="Julia Ramos", email="julia@northwind.example")
    return client


@pytest.fixture
def draft(client, member):
    return books.make_draft(client, member)


@pytest.fixture
def sent(client, member):
    return books.make_sent(client, member)


def test_a_meeting_is_planned_with_each_person_once(draft, member):
    planned = meetings.plan_meeting(qbr=draft, meeting_at=books.NOW, attendees=WHO, by=member)

    assert (planned.meeting_at, planned.attendees) == (
        books.NOW,
        [
            {"contact_id": 7, "name": "Júlia Ramos", "side": "client"},
            {"contact_id": None, "name": "Ana Okafor", "side": "agency"},
        ],
    )


@pytest.mark.parametrize("row", [{"name": " ", "side": "client"}, {"name": "Ana", "side": "nobody"}])
def test_somebody_without_a_name_or_side_does_not_come(draft, member, row):
    with pytest.raises(meetings.CannotChangeQBR, match=r"^Each person who comes has a name"):
        meetings.plan_meeting(qbr=draft, meeting_at=None, attendees=[row], by=member)


def test_a_tick_says_who_and_can_be_taken_back(draft, member):
    ticked = meetings.tick(qbr=draft, number=1, is_done=True, by=member, now=books.NOW)
    first = dict(ticked.checklist[1])
    meetings.tick(qbr=draft, number=1, is_done=True, by=MemberFactory(), now=books.NOW)
    unticked = meetings.tick(qbr=draft, number=1, is_done=False, by=member, now=books.NOW)

    assert (first["is_done"], first["done_by"], first["done_at"]) == (
        True,
        "Ana Okafor",
        books.NOW.isoformat(),
    )
    assert unticked.checklist[1] == {**first, "is_done": False, "done_by": "", "done_at": ""}
    assert AuditEvent.objects.filter(action="qbr.tick").count() == 2


def test_there_is_no_fifth_line_to_tick(draft, member):
    with pytest.raises(meetings.CannotChangeQBR, match=r"^There is nothing to tick here any more\.$"):
        meetings.tick(qbr=draft, number=4, is_done=True, by=member, now=books.NOW)


def test_a_changed_checklist_keeps_what_is_ticked(draft, member):
    kept = draft.checklist[2]["text"]
    meetings.tick(qbr=draft, number=2, is_done=True, by=member, now=books.NOW)

    changed = meetings.write_checklist(qbr=draft, texts=["New", "", f" {kept} ", "New"], by=member)

    assert [(row["text"], row["is_done"]) for row in changed.checklist] == [("New", False), (kept, True)]


def test_what_was_sent_is_held_and_closed(sent, member):
    held = meetings.hold(qbr=sent, meeting_at=books.NOW, attendees=WHO, by=member, now=books.NOW)
    stage = held.stage
    closed = meetings.close(qbr=sent, by=member)

    assert (stage, closed.stage, len(closed.attendees)) == ("held", "closed", 2)


def test_a_meeting_to_come_was_not_held(sent, member):
    with pytest.raises(meetings.CannotHoldQBR, match=r"^The meeting has not been yet\.$"):
        meetings.hold(
            qbr=sent, meeting_at=books.NOW + timedelta(hours=1), attendees=[], by=member, now=books.NOW
        )


def test_a_draft_is_neither_held_nor_closed_nor_corrected(draft, member):
    with pytest.raises(meetings.CannotHoldQBR):
        meetings.hold(qbr=draft, meeting_at=books.NOW, attendees=[], by=member, now=books.NOW)
    with pytest.raises(meetings.CannotCloseQBR):
        meetings.close(qbr=draft, by=member)
    with pytest.raises(
        meetings.CannotCorrectQBR, match=r"^The review is draft; change it before it is sent\.$"
    ):
        meetings.correct(qbr=draft, what="A fee", by=member, today=books.TODAY)

    draft.refresh_from_db()
    assert (draft.stage, QBR.objects.count()) == ("draft", 1)


def test_a_correction_is_the_next_version_and_leaves_the_old_one_alone(sent, member):
    before = QBR.objects.filter(pk=sent.pk).values().get()
    later = books.TODAY + timedelta(days=2)

    new = meetings.correct(qbr=sent, what=" The August fee was wrong. ", by=member, today=later)

    assert (new.version, new.stage, new.supersedes, new.correction) == (
        2,
        "draft",
        sent,
        "The August fee was wrong.",
    )
    assert (new.as_of, new.snapshot, new.owner) == (later, None, sent.owner)
    assert QBR.objects.filter(pk=sent.pk).values().get() == before


def test_a_correction_says_what_changes_and_happens_once(sent, member):
    with pytest.raises(meetings.CannotCorrectQBR, match=r"^Say what changes"):
        meetings.correct(qbr=sent, what="", by=member, today=books.TODAY)
    meetings.correct(qbr=sent, what="A fee.", by=member, today=books.TODAY)
    with pytest.raises(meetings.CannotCorrectQBR, match=r"^This version has been corrected already"):
        meetings.correct(qbr=sent, what="A name.", by=member, today=books.TODAY)

    assert QBR.objects.count() == 2


def test_what_was_corrected_goes_to_nobody_else(sent, client, member):
    meetings.correct(qbr=sent, what="A fee.", by=member, today=books.TODAY)
    ContactFactory(client=client, name="New Person", email="new@northwind.example")

    with pytest.raises(sending.CannotSendQBR):
        sending.send_qbr(qbr=sent, by=member, today=books.TODAY, now=books.NOW)


def test_the_next_draft_of_the_period_is_the_correction(sent, client, member):
    new = meetings.correct(qbr=sent, what="A fee.", by=member, today=books.TODAY)

    found = stages.create_draft(client=client, period=books.PERIOD, by=member, today=books.TODAY)

    assert found == new
