"""Reviews on a member's day, from the draft to what came of the meeting; what clients wrote under them."""

from datetime import timedelta

import pytest
import time_machine

from accounts.moment import Moment
from accounts.selectors import get_settings
from accounts.services.settings import update_settings
from clients.workspace.my_day.selectors import get_my_day
from reports.models import QBR, QBRComment
from reports.qbr.stages import meetings
from reports.qbr.stages import services as stages
from tests.factories.accounts import LeaderFactory, MemberFactory
from tests.factories.clients import AssignmentFactory, ClientFactory, ContactFactory, TouchpointFactory
from tests.queries import queries_of
from tests.reports import books

# 5 October 2026 is a Monday.
NOW, TODAY = books.NOW, books.TODAY


@pytest.fixture(autouse=True)
def _october(agency):
    books.make_settings(time_zone="UTC")
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ana():
    return MemberFactory(name="Ana Okafor")


@pytest.fixture
def lea():
    return LeaderFactory(name="Lea Stone")


@pytest.fixture
def client(ana):
    return client_of(ana, "Northwind Ltd")


def client_of(member, name):
    client = ClientFactory(name=name)
    AssignmentFactory(client=client, member=member)
    ContactFactory(client=client, name="Julia Ramos", email="julia@northwind.example")
    return client


def day_of(member, now=NOW):
    return get_my_day(user=member, moment=Moment(now, now.date(), get_settings()))


def said(rows):
    return [(row.title, row.why, row.action_words) for row in rows]


def test_a_draft_is_to_be_written_without_a_day(ana, client):
    draft = books.make_draft(client, ana)

    day = day_of(ana)

    assert said(day.upcoming) == [("Prepare the review of Q3 2026", "Draft since 5 Oct", "Write")]
    assert day.upcoming[0].action_url == f"/reviews/{draft.pk}/builder/"
    assert day.due == []


def test_a_draft_whose_meeting_is_near_is_for_today(ana, client):
    draft = books.make_draft(client, ana)
    meetings.plan_meeting(qbr=draft, meeting_at=NOW + timedelta(days=2), attendees=[], by=ana)

    assert said(day_of(ana).due) == [("Prepare the review of Q3 2026", "Meeting Wed 09:00", "Write")]


def test_a_draft_that_came_back_is_for_today_with_the_reason(ana, lea, client):
    draft = books.make_draft(client, ana)
    stages.submit_for_review(qbr=draft, by=ana, now=NOW)
    stages.send_back(qbr=draft, by=lea, reason="Say why the shop was late.")

    (row,) = day_of(ana).due

    assert (row.why, row.detail) == ("Sent back", "Say why the shop was late.")


def test_who_approves_sees_what_waits_and_afterwards_what_they_did(ana, lea, client):
    waiting = stages.submit_for_review(qbr=books.make_draft(client, ana), by=ana, now=NOW)
    before = day_of(lea)

    stages.approve(qbr=waiting, by=lea, now=NOW)
    after = day_of(lea)

    assert said(before.due) == [("Approve the review of Q3 2026", "Waits since 5 Oct", "Approve")]
    assert before.due[0].detail == "asked by Ana Okafor"
    assert [(row.title, row.words) for row in after.done] == [("Review of Q3 2026", "Approved")]
    assert (after.due, day_of(ana).total) == ([], 0)


def test_nobody_is_asked_to_approve_what_is_anothers_or_their_own(ana, lea, client):
    draft = books.make_draft(client, ana)
    stages.choose_people(qbr=draft, owner=ana, approver=lea, by=ana)
    stages.submit_for_review(qbr=draft, by=ana, now=NOW)
    other, own = LeaderFactory(), LeaderFactory()
    draft = books.make_draft(client_of(own, "Own"), own)
    stages.submit_for_review(qbr=draft, by=own, now=NOW)

    names = {member.pk: sorted(row.client_name for row in day_of(member).due) for member in (lea, other, own)}

    assert names == {lea.pk: ["Northwind Ltd", "Own"], other.pk: ["Own"], own.pk: []}


def test_what_is_approved_is_sent_and_what_failed_is_printed_again(ana, client):
    approved = books.make_approved(client, ana)
    row = QBR.objects.filter(pk=approved.pk)
    printing = day_of(ana)
    row.update(status=QBR.Status.FAILED, error="No space.")
    failed = day_of(ana)
    row.update(status=QBR.Status.QUEUED, error="")
    books.plant_pdf(approved)
    ready = day_of(ana)

    assert said(ready.due) == [("Send the review of Q3 2026", "Approved", "Send")]
    assert ready.due[0].action_url == f"/reviews/{approved.pk}/send/"
    assert printing.due == []
    assert said(failed.due) == [("Print the review of Q3 2026", "PDF failed", "Open")]


def test_a_meeting_is_held_and_then_noted(ana, client):
    sent = books.make_sent(client, ana)
    unplanned = day_of(ana)
    meetings.plan_meeting(qbr=sent, meeting_at=NOW + timedelta(hours=2), attendees=[], by=ana)

    before, after, late = (day_of(ana, NOW + timedelta(hours=hours)) for hours in (0, 3, 24))

    assert (unplanned.due, [row.words for row in unplanned.done]) == ([], ["Sent"])
    assert said(before.due) == [("Hold the review of Q3 2026", "Meeting 11:00", "Open")]
    assert said(after.due) == [("Note the outcome of the review of Q3 2026", "Meeting was 11:00", "Note it")]
    assert [row.why for row in late.overdue] == ["Meeting was Mon 11:00"]


def test_a_comment_waits_until_somebody_spoke_with_the_client(ana, client):
    sent = books.make_sent(client, ana)
    contact = client.contacts.get()
    for days, text in ((3, "The first."), (1, "Please warn us earlier.")):
        QBRComment.objects.create(qbr=sent, contact=contact, text=text, written_at=NOW - timedelta(days=days))
    waiting = day_of(ana)

    TouchpointFactory(client=client, occurred_at=NOW - timedelta(hours=1))
    spoken = day_of(ana)

    (row,) = waiting.due
    assert (row.title, row.detail) == (
        "Julia Ramos commented on the review of Q3 2026",
        "“Please warn us earlier.”",
    )
    assert spoken.due == []


def test_an_old_comment_is_no_longer_for_today(ana, client):
    sent = books.make_sent(client, ana)
    QBRComment.objects.create(
        qbr=sent, contact=client.contacts.get(), text="Long ago.", written_at=NOW - timedelta(days=15)
    )

    assert day_of(ana).due == []


def test_a_private_portfolio_hides_reviews_of_clients_that_are_no_longer_ones_own(ana, client):
    books.make_printed(client, ana)
    client.assignments.update(ends_on=TODAY)
    before = day_of(ana)
    update_settings(by=None, is_portfolio_private=True)

    assert len(before.due) == 1
    assert day_of(ana).due == []


def test_reviews_cost_the_same_queries_at_1_and_at_30_rows(ana, lea):
    def fill(first, last):
        for number in range(first, last):
            QBR.objects.create(
                client=client_of(ana, f"Client {number}"),
                period_start=books.PERIOD.start,
                period_end=books.PERIOD.end,
                as_of=TODAY,
                stage=QBR.Stage.IN_REVIEW,
                submitted_at=NOW,
                owner=ana,
            )

    fill(0, 1)
    few = queries_of(lambda: day_of(lea))
    fill(1, 30)

    many = queries_of(lambda: day_of(lea))

    assert len(day_of(lea).due) == 30
    assert len(many) == len(few)
