"""What facts say as of a day: later rows do not exist yet, and what they change was otherwise before."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import AgencySettings
from agencyam.tenancy.context import tenant_context
from kpis.facts.events import delivery, feedback, growth, people, service, touchpoints
from kpis.facts.money import building as money
from tests.factories.accounts import MemberFactory
from tests.factories.clients import (
    AssignmentFactory,
    BusinessCalendarFactory,
    ClientFactory,
    ContractLineFactory,
    DeliverableFactory,
    MessageFactory,
    ProposalFactory,
    ReferralFactory,
    RequestFactory,
    SLAPolicyFactory,
    SurveyFactory,
    SurveyInvitationFactory,
    SurveyResponseFactory,
    TouchpointFactory,
)
from tests.kpis.asking import ask, at

MAY = "2026-05"
OFFICE = {
    "time_zone": "UTC",
    "hours": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
}
CHOICES = AgencySettings(time_zone="UTC", currency="EUR", proposal_expiry_days=10, fcr_window_days=7)


def told(family, key: str, day: str, *, period: str = MAY, by: str = "agency") -> dict[str | None, tuple]:
    """Numerator and denominator of one KPI per slice, as of a day."""
    query = ask(period, as_of=date.fromisoformat(day), by=by)
    [figures] = family.compute([query], [key])
    return {name: (figure.numerator, figure.denominator) for name, figure in figures[key].items()}


@pytest.fixture
def noise(other_agency):
    """Facts of another agency in the same month."""
    with tenant_context(other_agency):
        ProposalFactory(status="won", sent_at=at("2026-05-01T09:00Z"), decided_at=at("2026-05-02T09:00Z"))
        TouchpointFactory(occurred_at=at("2026-05-02T09:00Z"))
        growth.build(settings=CHOICES, clients=None)
        touchpoints.build(settings=CHOICES, clients=None)


@pytest.fixture
def agency(noise, agency):
    return agency


def test_a_proposal_is_expired_until_it_is_won_after_all(agency):
    ProposalFactory(status="won", sent_at=at("2026-05-01T09:00Z"), decided_at=at("2026-05-20T09:00Z"))
    growth.build(settings=CHOICES, clients=None)

    rates = [told(growth, "proposal_conversion_rate", f"2026-05-{day}") for day in (10, 11, 19, 20)]

    assert rates == [{}, {None: (0, 1)}, {None: (0, 1)}, {None: (1, 1)}]


def test_a_wait_is_pending_until_its_time_has_run_out_and_breached_from_then_on(agency):
    policy = SLAPolicyFactory(calendar=BusinessCalendarFactory(spec=OFFICE), reply_hours=4)
    request = RequestFactory(client=ClientFactory(sla_policy=policy), opened_at=at("2026-05-01T15:00Z"))
    MessageFactory(request=request, sent_at=at("2026-05-01T15:00Z"))
    MessageFactory(request=request, sent_at=at("2026-05-06T10:00Z"), direction="outbound")
    service.build(settings=CHOICES, clients=None)

    days = ("2026-05-03", "2026-05-04", "2026-05-06")  # Sunday, Monday, Wednesday
    pending = [told(service, "sla_pending", day)[None][0] for day in days]
    breached = [told(service, "sla_breached", day)[None][0] for day in days]
    mean = [told(service, "first_response_hours_mean", day) for day in days]

    assert pending == [1, 0, 0]
    assert breached == [0, 1, 1]
    # Two hours on Friday, eight on Monday and on Tuesday, one on Wednesday.
    assert mean == [{}, {}, {None: (19, 1)}]


def test_a_message_that_needs_no_reply_ends_a_wait_without_a_pair(agency):
    request = RequestFactory(opened_at=at("2026-05-01T15:00Z"))
    MessageFactory(request=request, sent_at=at("2026-05-01T15:00Z"))
    MessageFactory(request=request, sent_at=at("2026-05-03T10:00Z"), no_reply_needed=True)
    service.build(settings=CHOICES, clients=None)

    breached = [told(service, "sla_breached", day) for day in ("2026-05-02", "2026-05-03")]

    assert breached == [{None: (1, None)}, {None: (0, None)}]


def test_a_request_is_resolved_at_first_contact_until_the_question_comes_again(agency):
    client = ClientFactory()
    first = RequestFactory(
        client=client, topic="Invoice", opened_at=at("2026-05-01T09:00Z"), resolved_at=at("2026-05-01T12:00Z")
    )
    MessageFactory(request=first, sent_at=at("2026-05-01T09:00Z"))
    RequestFactory(client=client, topic=" invoice", opened_at=at("2026-05-05T09:00Z"))
    service.build(settings=CHOICES, clients=None)

    rates = [told(service, "fcr", day) for day in ("2026-05-04", "2026-05-05")]

    assert rates == [{None: (1, 1)}, {None: (0, 1)}]


def test_an_answer_counts_as_it_was_last_edited_by_the_day(agency):
    survey = SurveyFactory(kind="nps", scale_min=0, scale_max=10)
    invitation = SurveyInvitationFactory(survey=survey, sent_at=at("2026-05-01T09:00Z"))
    for day, score in (("2026-05-03", 3), ("2026-05-10", 8), ("2026-06-02", 10)):
        SurveyResponseFactory(
            survey=survey,
            invitation=invitation,
            client=invitation.client,
            score=score,
            answered_at=at(f"{day}T09:00Z"),
        )
    feedback.build(settings=CHOICES, clients=None)

    days = ("2026-05-02", "2026-05-03", "2026-05-10", "2026-06-02")
    scores = [told(feedback, "nps", day) for day in days]
    responses = [told(feedback, "survey_response_rate", day) for day in days]

    assert scores == [{}, {None: (-1, 1)}, {None: (0, 1)}, {None: (1, 1)}]
    assert responses == [{None: (0, 1)}, {None: (1, 1)}, {None: (1, 1)}, {None: (1, 1)}]


def test_an_event_belongs_to_the_manager_of_its_day(agency):
    client = ClientFactory()
    for name, start, end in (("ada", "2026-04-01", "2026-05-10"), ("bob", "2026-05-10", None)):
        AssignmentFactory(client=client, member=MemberFactory(book_id=name), starts_on=start, ends_on=end)
    for day in (9, 10, 11):
        DeliverableFactory(client=client, baseline_due_on=date(2026, 5, day), delivered_on=date(2026, 5, 10))
    delivery.build(settings=CHOICES, clients=None)

    rates = told(delivery, "on_time_delivery_rate", "2026-05-31", by="am")

    assert rates == {"ada": (0, 1), "bob": (2, 2)}


def test_a_client_month_needs_fifteen_days_of_the_period(agency):
    ContractLineFactory(client=ClientFactory(book_id="c"), starts_on=date(2026, 5, 3))
    TouchpointFactory(client__book_id="other", occurred_at=at("2026-05-02T09:00Z"))
    money.build(settings=CHOICES, clients=None)
    touchpoints.build(settings=CHOICES, clients=None)

    means = [
        told(touchpoints, "touchpoints_per_client_month", day, by="client")
        for day in ("2026-05-16", "2026-05-17")
    ]

    assert means == [{"other": (1, 0)}, {"other": (1, 0), "c": (0, 1)}]


def test_referrals_and_portfolios_count_the_clients_of_the_closing_day(agency):
    client = ClientFactory()
    ContractLineFactory(client=client, starts_on=date(2026, 4, 1), ends_on=date(2026, 5, 20))
    AssignmentFactory(client=client, member=MemberFactory(book_id="ada"), starts_on=date(2026, 4, 1))
    ReferralFactory(client=client, made_on=date(2026, 5, 5))
    money.build(settings=CHOICES, clients=None)

    rates = [told(growth, "referral_rate", day) for day in ("2026-05-04", "2026-05-05", "2026-05-20")]
    loads = [told(people, "am_workload", day, by="am") for day in ("2026-05-19", "2026-05-20")]

    assert rates == [{None: (0, 1)}, {None: (1, 1)}, {}]
    assert loads == [{"ada": (Decimal(1), 1)}, {"ada": (Decimal(0), 1)}]
