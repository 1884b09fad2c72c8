"""The smaller slices' vocabulary: growth, delivery, plans, feedback."""

from datetime import UTC, date, datetime, timedelta

import pytest

from clients.models import ActionItem, Deliverable, Opportunity, Proposal, SurveyResponse
from tests.factories import clients as make

DAY = date(2025, 6, 1)
NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def test_an_opportunity_is_open_until_it_is_closed(agency):
    make.OpportunityFactory(closed_on=DAY)
    opportunity = make.OpportunityFactory()

    assert list(Opportunity.objects.open()) == [opportunity]


def test_proposals_are_decided_within_a_span_that_leaves_its_end_out(agency):
    proposal = make.ProposalFactory(status="won", decided_at=NOW)
    make.ProposalFactory(status="lost", decided_at=LATER)
    make.ProposalFactory()

    assert list(Proposal.objects.decided_between(NOW, LATER)) == [proposal]


def test_a_sent_proposal_is_pending(agency):
    make.ProposalFactory()
    make.ProposalFactory(status="won", decided_at=NOW)
    proposal = make.ProposalFactory(status="sent", sent_at=NOW)

    assert list(Proposal.objects.pending()) == [proposal]


@pytest.mark.parametrize("status", Proposal.Status)
def test_won_lost_and_expired_are_decisions(status):
    assert Proposal(status=status).is_decided is (status in {"won", "lost", "expired"})


def test_deliverables_are_due_by_the_day_agreed_first(agency):
    deliverable = make.DeliverableFactory(baseline_due_on=DAY, due_on=date(2025, 9, 1))
    make.DeliverableFactory(baseline_due_on=date(2025, 7, 1))

    assert list(Deliverable.objects.due_between(DAY, date(2025, 7, 1))) == [deliverable]


def test_cancelled_deliverables_are_left_out_when_asked(agency):
    make.DeliverableFactory(status="cancelled")
    deliverable = make.DeliverableFactory(status="in progress")

    assert list(Deliverable.objects.not_cancelled()) == [deliverable]


@pytest.mark.parametrize(("delivered_on", "is_delivered"), [(None, False), (DAY, True)])
def test_a_deliverable_is_delivered_on_a_day(delivered_on, is_delivered):
    assert Deliverable(delivered_on=delivered_on).is_delivered is is_delivered


def test_a_step_is_open_until_it_is_done(agency):
    make.ActionItemFactory(done_on=DAY)
    step = make.ActionItemFactory()

    assert list(ActionItem.objects.open()) == [step]


def test_answers_are_told_apart_by_kind_and_time(agency):
    answer = make.SurveyResponseFactory(answered_at=NOW)
    make.SurveyResponseFactory(answered_at=LATER)
    csat = make.SurveyFactory(kind="csat", scale_min=1, scale_max=5)
    make.SurveyResponseFactory(survey=csat, score=5, answered_at=NOW)

    assert list(SurveyResponse.objects.of_kind("nps").answered_between(NOW, LATER)) == [answer]


def test_rows_name_themselves(agency):
    rows = [
        make.OpportunityFactory(name="More SEO"),
        make.ProposalFactory(title="SEO"),
        make.ReferralFactory(lead_name="Acme"),
        make.TestimonialFactory(received_on=DAY),
        make.DeliverableFactory(title="Report"),
        make.GoalFactory(title="Double leads"),
        make.ActionItemFactory(title="Send brief"),
        make.SurveyFactory(name=""),
        make.SurveyInvitationFactory(sent_at=NOW),
        make.SurveyResponseFactory(score=9, answered_at=NOW),
    ]

    assert [str(row) for row in rows] == [
        "More SEO",
        "SEO",
        "Acme",
        "Testimonial of 2025-06-01",
        "Report",
        "Double leads",
        "Send brief",
        "Net promoter score",
        "Invitation of 2025-06-01",
        "9 on 2025-06-01",
    ]
