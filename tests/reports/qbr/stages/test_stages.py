"""From a draft to its approval: who may do what, what is frozen, what comes back."""

from datetime import date, timedelta

import pytest

from accounts.models import AuditEvent
from agencyam.jobs.models import Job
from agencyam.periods import Period
from reports.models import QBR, QBRPlan, QBRTemplate
from reports.qbr import permissions, selectors
from reports.qbr.document import from_json
from reports.qbr.stages import meetings
from reports.qbr.stages import services as stages
from tests.factories.accounts import LeaderFactory, MemberFactory, OwnerFactory
from tests.factories.clients import AssignmentFactory, ClientFactory
from tests.reports import books


@pytest.fixture
def member(agency):
    books.make_settings()
    return MemberFactory(name="Ana Okafor")


@pytest.fixture
def leader(member):
    return LeaderFactory(name="Lea Stone")


@pytest.fixture
def client(member):
    client = ClientFactory(name="Northwind Ltd", tier="A")
    AssignmentFactory(client=client, member=member, starts_on=date(2025, 1, 1))
    return client


@pytest.fixture
def draft(client, member):
    return books.make_draft(client, member)


@pytest.fixture
def waiting(draft, member):
    return stages.submit_for_review(qbr=draft, by=member, now=books.NOW)


def texts(qbr):
    return [row["text"] for row in qbr.checklist]


def test_a_draft_begins_with_its_owner_and_nothing_frozen(draft, member):
    assert (draft.stage, draft.owner, draft.version, draft.as_of) == ("draft", member, 1, books.TODAY)
    assert (draft.snapshot, draft.pdf, draft.definitions, draft.locked_at) == (None, None, {}, None)
    assert Job.objects.filter(kind="reports.render_qbr").count() == 0
    events = AuditEvent.objects.filter(action__startswith="qbr.")
    assert list(events.values_list("action", "actor__name")) == [("qbr.create", "Ana Okafor")]


def test_asking_again_finds_the_same_review_at_every_stage(client, draft, member, leader):
    found = [books.make_draft(client, leader)]
    stages.submit_for_review(qbr=draft, by=member, now=books.NOW)
    found.append(books.make_draft(client, leader))
    stages.approve(qbr=draft, by=leader, now=books.NOW)
    found.append(books.make_draft(client, leader))

    assert found == [draft] * 3
    assert QBR.objects.count() == 1


def test_a_period_that_has_not_begun_is_refused(client, member):
    future = Period(date(2027, 1, 1), date(2027, 4, 1))

    with pytest.raises(stages.CannotCreateQBR, match=r"^Q1 2027 has not begun yet"):
        stages.create_draft(client=client, period=future, by=member, today=books.TODAY)

    assert QBR.objects.count() == 0


def test_the_checklist_comes_from_the_template_of_the_tier(client, member):
    QBRTemplate.objects.create(tier="", checklist=["For all"])
    QBRTemplate.objects.create(tier="A", checklist=["Read it", "Call them"], paper="letter", language="de")

    draft = books.make_draft(client, member)

    assert draft.checklist == [
        {"text": text, "is_done": False, "done_by": "", "done_at": ""} for text in ("Read it", "Call them")
    ]
    assert (draft.paper, draft.language) == ("letter", "de")


def test_the_checklist_of_the_clients_last_review_comes_first_and_unticked(client, member):
    QBRTemplate.objects.create(tier="A", checklist=["From the template"])
    stages.create_draft(
        client=client, period=books.PERIOD.previous(), by=member, today=books.TODAY - timedelta(days=90)
    )
    done = {"text": "Ask Julia", "is_done": True, "done_by": "Ana", "done_at": "2026-07-01T09:00:00+00:00"}
    QBR.objects.update(checklist=[done])
    other = ClientFactory(tier="A")

    drafts = [books.make_draft(client, member), books.make_draft(other, member)]

    assert [texts(draft) for draft in drafts] == [["Ask Julia"], ["From the template"]]
    assert [row["is_done"] for row in drafts[0].checklist] == [False]


def test_a_checklist_that_was_emptied_stays_empty_in_the_next_review(client, member):
    QBRTemplate.objects.create(tier="A", checklist=["From the template"])
    last = stages.create_draft(
        client=client, period=books.PERIOD.previous(), by=member, today=books.TODAY - timedelta(days=90)
    )
    before = texts(last)
    meetings.write_checklist(qbr=last, texts=[], by=member)

    draft = books.make_draft(client, member)

    assert (before, texts(draft)) == (["From the template"], [])


def test_what_is_different_for_a_client_wins_over_the_template(client, member):
    template = QBRTemplate.objects.create(tier="Gold", checklist=["Golden"], paper="letter")
    QBRPlan.objects.create(client=client, template=template, language="de")

    draft = books.make_draft(client, member)

    assert (texts(draft), draft.paper, draft.language) == (["Golden"], "letter", "de")


def test_approving_freezes_every_number_with_its_definition_and_asks_for_one_pdf(waiting, leader, client):
    approved = stages.approve(qbr=waiting, by=leader, now=books.NOW, revision=waiting.revision)
    client.name = "Renamed"
    client.save()

    approved.refresh_from_db()
    assert (approved.stage, approved.approved_by, approved.approved_at) == ("approved", leader, books.NOW)
    assert from_json(approved.snapshot).cover.client == "Northwind Ltd"
    assert approved.definitions["nps"] == 1
    assert set(approved.definitions) >= {"sla_attainment", "on_time_delivery_rate", "csat"}
    jobs = Job.objects.filter(kind="reports.render_qbr")
    assert list(jobs.values_list("period_key", "queue")) == [(approved.job_key, "pdf")]


def test_an_account_manager_approves_nothing(waiting, leader):
    with pytest.raises(stages.CannotApproveQBR, match=r"^Only leaders and owners approve reviews\.$"):
        stages.approve(qbr=waiting, by=MemberFactory(), now=books.NOW)


@pytest.mark.parametrize("role", ["owner", "submitter"])
def test_nobody_approves_their_own_while_somebody_else_could(client, draft, leader, role):
    OwnerFactory()
    if role == "owner":
        stages.choose_people(qbr=draft, owner=leader, approver=None, by=leader)
    stages.submit_for_review(qbr=draft, by=leader if role == "submitter" else None, now=books.NOW)

    with pytest.raises(stages.CannotApproveQBR, match=r"^This review is your own"):
        stages.approve(qbr=draft, by=leader, now=books.NOW)


def test_a_leader_without_another_one_approves_their_own(client, draft, leader):
    stages.submit_for_review(qbr=draft, by=leader, now=books.NOW)

    approved = stages.approve(qbr=draft, by=leader, now=books.NOW)

    assert approved.approved_by == leader


def test_the_agency_may_let_owners_approve_their_own(client, draft, leader):
    OwnerFactory()
    QBRTemplate.objects.create(tier="A", is_own_approval_allowed=True)
    stages.submit_for_review(qbr=draft, by=leader, now=books.NOW)

    draft.refresh_from_db()
    assert permissions.find_approval_problem(qbr=draft, user=leader) == ""


def test_what_was_changed_since_it_was_read_is_not_approved(waiting, leader):
    QBR.objects.update(revision=waiting.revision + 1)

    with pytest.raises(stages.CannotApproveQBR, match=r"^The review was changed since you opened it"):
        stages.approve(qbr=waiting, by=leader, now=books.NOW, revision=waiting.revision)


def test_a_draft_that_nobody_submitted_is_not_approved(draft, leader):
    with pytest.raises(stages.CannotApproveQBR, match=r"^The review is draft, so it cannot be approved\.$"):
        stages.approve(qbr=draft, by=leader, now=books.NOW)


def test_what_goes_back_says_why_and_is_a_draft_without_numbers(waiting, leader):
    stages.approve(qbr=waiting, by=leader, now=books.NOW)

    back = stages.send_back(qbr=waiting, by=leader, reason="  The fee is wrong. ")

    back.refresh_from_db()
    assert (back.stage, back.sent_back_because) == ("draft", "The fee is wrong.")
    assert (back.snapshot, back.approved_at, back.approved_by, back.definitions) == (None, None, None, {})
    event = AuditEvent.objects.get(action="qbr.send_back")
    assert (event.actor, event.changes) == (leader, {"reason": "The fee is wrong."})


def test_going_back_needs_a_reason(waiting, leader):
    with pytest.raises(stages.CannotSendBackQBR, match=r"^Say what has to change\.$"):
        stages.send_back(qbr=waiting, by=leader, reason=" ")


def test_a_second_approval_prints_anew(waiting, member, leader):
    stages.approve(qbr=waiting, by=leader, now=books.NOW)
    stages.send_back(qbr=waiting, by=leader, reason="No.")
    stages.submit_for_review(qbr=waiting, by=member, now=books.NOW)

    again = stages.approve(qbr=waiting, by=leader, now=books.NOW)

    assert Job.objects.filter(kind="reports.render_qbr").count() == 2
    assert selectors.find_job(qbr=again).status == "queued"


def test_a_draft_may_be_taken_back_and_brought_up_to_date(waiting, member):
    later = books.TODAY + timedelta(days=3)

    with pytest.raises(stages.CannotChangeQBR):
        stages.bring_up_to_date(qbr=waiting, by=member, today=later)
    stages.withdraw(qbr=waiting, by=member)
    draft = stages.bring_up_to_date(qbr=waiting, by=member, today=later)

    assert (draft.stage, draft.as_of) == ("draft", later)


def test_only_somebody_who_approves_is_asked_to(draft, member):
    with pytest.raises(stages.CannotChangeQBR, match=r"^Ana Okafor may not approve reviews"):
        stages.choose_people(qbr=draft, owner=member, approver=member, by=member)
