"""The database refuses what must not be, each time by the constraint made for it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.constraints import constraint_names, refused_by, unlisted_choices
from tests.factories import clients as make

DAY = make.DAY
LATER = date(2025, 6, 1)
EARLIER = date(2024, 6, 1)
NOT_LISTED = "unheard_of"

BOOK_ROWS = {
    "actionitem": make.ActionItemFactory,
    "client": make.ClientFactory,
    "contact": make.ContactFactory,
    "contract": make.ContractFactory,
    "contractline": make.ContractLineFactory,
    "deliverable": make.DeliverableFactory,
    "goal": make.GoalFactory,
    "invoice": make.InvoiceFactory,
    "message": make.MessageFactory,
    "opportunity": make.OpportunityFactory,
    "proposal": make.ProposalFactory,
    "referral": make.ReferralFactory,
    "request": make.RequestFactory,
    "service": make.ServiceFactory,
    "slapolicy": make.SLAPolicyFactory,
    "survey": make.SurveyFactory,
    "surveyinvitation": make.SurveyInvitationFactory,
    "surveyresponse": make.SurveyResponseFactory,
    "testimonial": make.TestimonialFactory,
    "touchpoint": make.TouchpointFactory,
}

# One wrong row each: the constraint that must refuse it, the factory, the fields that make it wrong.
WRONG_ROWS = [
    ("actionitem_title_present", make.ActionItemFactory, {"title": ""}),
    ("assignment_ends_after_start", make.AssignmentFactory, {"ends_on": DAY}),
    ("assignment_ends_after_start", make.AssignmentFactory, {"ends_on": EARLIER}),
    ("assignment_role_listed", make.AssignmentFactory, {"role": NOT_LISTED}),
    ("businesscalendar_name_present", make.BusinessCalendarFactory, {"name": ""}),
    ("change_area_listed", make.ChangeFactory, {"area": NOT_LISTED}),
    ("change_days_ordered", make.ChangeFactory, {"first_on": LATER, "last_on": EARLIER}),
    ("client_currency_code", make.ClientFactory, {"currency": "eur"}),
    ("client_name_present", make.ClientFactory, {"name": ""}),
    ("contact_name_present", make.ContactFactory, {"name": ""}),
    ("contractline_currency_code", make.ContractLineFactory, {"currency": ""}),
    ("contractline_ends_after_start", make.ContractLineFactory, {"ends_on": DAY}),
    ("contractline_interval_fits_kind", make.ContractLineFactory, {"interval": ""}),
    ("contractline_interval_fits_kind", make.OneOffLineFactory, {"interval": "month"}),
    ("contractline_interval_listed", make.ContractLineFactory, {"interval": NOT_LISTED}),
    ("contractline_kind_listed", make.ContractLineFactory, {"kind": NOT_LISTED[:10]}),
    ("deliverable_actual_cost_not_negative", make.DeliverableFactory, {"actual_cost": -1}),
    ("deliverable_delay_cause_listed", make.DeliverableFactory, {"delay_cause": NOT_LISTED}),
    ("deliverable_planned_cost_not_negative", make.DeliverableFactory, {"planned_cost": -1}),
    ("fxrate_currency_code", make.FxRateFactory, {"currency": "us"}),
    ("fxrate_positive", make.FxRateFactory, {"rate_to_base": 0}),
    ("goal_note_is_judged", make.GoalFactory, {"status_note": "Late", "status_on": None}),
    ("goal_title_present", make.GoalFactory, {"title": ""}),
    ("invoice_currency_code", make.InvoiceFactory, {"currency": "E1R"}),
    ("invoice_due_not_before_issue", make.InvoiceFactory, {"due_on": EARLIER}),
    ("linepause_ends_after_start", make.LinePauseFactory, {"ends_on": DAY}),
    ("message_direction_listed", make.MessageFactory, {"direction": NOT_LISTED}),
    ("opportunity_currency_code", make.OpportunityFactory, {"currency": ""}),
    ("opportunity_kind_listed", make.OpportunityFactory, {"kind": NOT_LISTED}),
    ("opportunity_monthly_amount_not_negative", make.OpportunityFactory, {"monthly_amount": -1}),
    ("opportunity_one_off_amount_not_negative", make.OpportunityFactory, {"one_off_amount": -1}),
    ("opportunity_probability_within_one", make.OpportunityFactory, {"probability": Decimal("1.01")}),
    ("proposal_amount_not_negative", make.ProposalFactory, {"amount": -1}),
    ("proposal_currency_code", make.ProposalFactory, {"currency": ""}),
    (
        "proposal_decided_after_sent",
        make.ProposalFactory,
        {"status": "won", "sent_at": make.INSTANT, "decided_at": make.INSTANT - timedelta(days=1)},
    ),
    ("proposal_decision_has_date", make.ProposalFactory, {"status": "won"}),
    ("proposal_decision_has_date", make.ProposalFactory, {"status": "lost"}),
    ("proposal_decision_has_date", make.ProposalFactory, {"status": "expired"}),
    ("proposal_decision_has_date", make.ProposalFactory, {"status": "sent", "decided_at": make.INSTANT}),
    ("proposal_status_listed", make.ProposalFactory, {"status": NOT_LISTED[:10]}),
    ("referral_outcome_listed", make.ReferralFactory, {"outcome": "maybe"}),
    ("request_kind_listed", make.RequestFactory, {"kind": NOT_LISTED}),
    (
        "request_resolved_after_opened",
        make.RequestFactory,
        {"resolved_at": make.INSTANT - timedelta(seconds=1)},
    ),
    ("retainerusage_first_of_month", make.RetainerUsageFactory, {"month": date(2025, 1, 2)}),
    ("retainerusage_hours_budget_not_negative", make.RetainerUsageFactory, {"hours_budget": -1}),
    ("retainerusage_hours_used_not_negative", make.RetainerUsageFactory, {"hours_used": -1}),
    ("service_name_present", make.ServiceFactory, {"name": ""}),
    ("slapolicy_hours_positive", make.SLAPolicyFactory, {"reply_hours": 0}),
    ("slapolicy_hours_positive", make.SLAPolicyFactory, {"resolution_hours": 0}),
    ("survey_kind_listed", make.SurveyFactory, {"kind": "other"}),
    ("survey_nps_scale", make.SurveyFactory, {"scale_max": 5}),
    ("survey_scale_ascends", make.SurveyFactory, {"kind": "csat", "scale_min": 5, "scale_max": 5}),
    ("surveyresponse_score_within_scale", make.SurveyResponseFactory, {"score": 11}),
    ("surveyresponse_score_within_scale", make.SurveyResponseFactory, {"score": -1}),
    ("touchpoint_direction_listed", make.TouchpointFactory, {"direction": NOT_LISTED}),
    ("touchpoint_status_listed", make.TouchpointFactory, {"status": NOT_LISTED}),
]

# Refused only beside another row; each has a test of its own below.
REFUSED_BESIDE_ANOTHER = {
    "actionitem_owner_is_ours",
    "assignment_primary_no_overlap",
    "assignment_start_unique",
    "businesscalendar_name_unique",
    "client_not_referred_by_itself",
    "fxrate_day_unique",
    "linepause_no_overlap",
    "linepause_start_unique",
    "referral_not_of_itself",
    "retainerusage_month_unique",
    "slapolicy_one_default",
}


def test_every_constraint_has_a_row_that_violates_it():
    tested = {name for name, _, _ in WRONG_ROWS} | {f"{model}_book_id_unique" for model in BOOK_ROWS}
    by_trigger = {"surveyresponse_score_within_scale"}

    assert sorted((tested | REFUSED_BESIDE_ANOTHER) - by_trigger) == constraint_names("clients")


def test_every_closed_list_holds_exactly_its_choices():
    assert unlisted_choices("clients") == []


@pytest.mark.parametrize(("constraint", "factory", "fields"), WRONG_ROWS)
def test_a_wrong_row_is_refused_by_its_own_constraint(agency, constraint, factory, fields):
    assert refused_by(lambda: factory(**fields)) == constraint


@pytest.mark.parametrize(("model", "factory"), BOOK_ROWS.items())
def test_a_book_id_names_one_row(agency, model, factory):
    factory(book_id="A-1")

    assert refused_by(lambda: factory(book_id="A-1")) == f"{model}_book_id_unique"


def test_a_client_has_one_primary_manager_a_day(agency):
    client = make.ClientFactory()
    make.AssignmentFactory(client=client, ends_on=LATER)

    day_before = LATER - timedelta(days=1)

    assert refused_by(lambda: make.AssignmentFactory(client=client, starts_on=day_before)) == (
        "assignment_primary_no_overlap"
    )


def test_a_primary_manager_may_follow_on_the_day_the_other_ends(agency):
    client = make.ClientFactory()
    make.AssignmentFactory(client=client, ends_on=LATER)

    assert refused_by(lambda: make.AssignmentFactory(client=client, starts_on=LATER)) == ""


def test_secondary_managers_may_overlap(agency):
    client = make.ClientFactory()
    make.AssignmentFactory(client=client)

    assert refused_by(lambda: make.AssignmentFactory(client=client, role="secondary")) == ""


def test_an_assignment_starts_once(agency):
    assignment = make.AssignmentFactory(role="secondary")

    again = {"client": assignment.client, "member": assignment.member, "role": "secondary"}

    assert refused_by(lambda: make.AssignmentFactory(**again)) == "assignment_start_unique"


def test_calendar_names_are_unique(agency):
    make.BusinessCalendarFactory(name="Office")

    assert refused_by(lambda: make.BusinessCalendarFactory(name="Office")) == "businesscalendar_name_unique"


def test_a_client_cannot_be_referred_by_itself(agency):
    client = make.ClientFactory()
    client.referred_by = client

    assert refused_by(client.save) == "client_not_referred_by_itself"


def test_a_client_cannot_refer_itself(agency):
    client = make.ClientFactory()

    assert refused_by(lambda: make.ReferralFactory(client=client, became_client=client)) == (
        "referral_not_of_itself"
    )


def test_a_currency_has_one_rate_a_day(agency):
    make.FxRateFactory(currency="USD")

    assert refused_by(lambda: make.FxRateFactory(currency="USD")) == "fxrate_day_unique"


def test_a_line_is_paused_once_at_a_time(agency):
    pause = make.LinePauseFactory(ends_on=LATER)

    overlapping = {"line": pause.line, "starts_on": LATER - timedelta(days=1)}

    assert refused_by(lambda: make.LinePauseFactory(**overlapping)) == "linepause_no_overlap"


def test_a_pause_starts_once(agency):
    pause = make.LinePauseFactory(ends_on=LATER)

    assert refused_by(lambda: make.LinePauseFactory(line=pause.line)) == "linepause_start_unique"


def test_a_line_has_one_usage_a_month(agency):
    usage = make.RetainerUsageFactory()

    assert refused_by(lambda: make.RetainerUsageFactory(line=usage.line)) == "retainerusage_month_unique"


def test_one_policy_is_the_default(agency):
    make.SLAPolicyFactory(is_default=True)

    assert refused_by(lambda: make.SLAPolicyFactory(is_default=True)) == "slapolicy_one_default"


def test_a_member_owns_only_a_step_of_ours(agency):
    member = make.MemberFactory()

    assert refused_by(lambda: make.ActionItemFactory(owner=member, is_ours=False)) == (
        "actionitem_owner_is_ours"
    )


def test_a_scale_keeps_holding_the_answers_it_got(agency):
    survey = make.SurveyFactory(kind="csat", scale_min=1, scale_max=5)
    make.SurveyResponseFactory(survey=survey, score=5)
    survey.scale_max = 4

    assert refused_by(survey.save) == "survey_scale_holds_answers"


def test_a_changed_score_stays_within_the_scale(agency):
    response = make.SurveyResponseFactory(score=9)
    response.score = 11

    assert refused_by(response.save) == "surveyresponse_score_within_scale"
