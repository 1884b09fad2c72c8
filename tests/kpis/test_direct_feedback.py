from datetime import date
from decimal import Decimal

import pytest

from agencyam.tenancy.context import tenant_context
from kpis.direct import feedback
from tests.factories.clients import (
    AssignmentFactory,
    ClientFactory,
    ContactFactory,
    SurveyFactory,
    SurveyInvitationFactory,
    SurveyResponseFactory,
)
from tests.kpis.asking import ask, at, only, values


@pytest.fixture
def noise(other_agency):
    """Another agency with unhappy clients in the same month."""
    with tenant_context(other_agency):
        for kind, score in (("nps", 0), ("csat", 1)):
            survey = make_survey(kind)
            invitation = SurveyInvitationFactory(survey=survey, sent_at=at("2026-05-01T12:00Z"))
            SurveyInvitationFactory(survey=survey, sent_at=at("2026-05-01T12:00Z"))
            answer(survey, score, invitation=invitation)


@pytest.fixture
def agency(noise, agency):
    return agency


def make_survey(kind, low=None, high=None):
    default = {"nps": (0, 10), "csat": (1, 5), "pulse": (1, 10)}[kind]
    return SurveyFactory(kind=kind, scale_min=low or default[0], scale_max=high or default[1])


def answer(survey, score, day="2026-05-10", *, client=None, **more):
    instant = day if "T" in day else f"{day}T12:00Z"
    return SurveyResponseFactory(survey=survey, score=score, answered_at=at(instant), client=client, **more)


def answers(survey, *counts, **more):
    for score, count in counts:
        for _ in range(count):
            answer(survey, score, **more)


def test_nps_of_a_published_example(agency):  # NPS-001: nobody has a contact, so each answer is a respondent
    answers(make_survey("nps"), (9, 30), (10, 30), (7, 10), (8, 10), (0, 4), (5, 8), (6, 8))

    figure = only(feedback, ask("2026-05"), "nps")

    assert (figure.value, figure.numerator, figure.denominator, figure.n) == (40, 40, 100, 100)
    assert (figure.ci_low.quantize(Decimal("0.01")), figure.ci_high.quantize(Decimal("0.01"))) == (
        Decimal("24.32"),
        Decimal("55.68"),
    )


def test_the_latest_answer_of_a_contact_in_the_period_counts(agency):
    survey, contact = make_survey("nps"), ContactFactory()
    answer(survey, 9, "2026-04-30", contact=contact, client=contact.client)
    answer(survey, 3, "2026-05-03", contact=contact, client=contact.client)
    latest = answer(make_survey("nps"), 8, "2026-05-20", contact=contact, client=contact.client)
    answer(survey, 10, "2026-06-01", contact=contact, client=contact.client)

    query = ask("2026-05")
    figure = only(feedback, query, "nps")

    assert (figure.numerator, figure.denominator) == (0, 1)
    assert [row["response"] for row in feedback.rows(query, "nps", None)] == [latest.book_id]


def test_a_contact_of_two_clients_is_a_respondent_of_each(agency):
    survey, contact, second = make_survey("nps"), ContactFactory(), ClientFactory()
    answer(survey, 10, contact=contact, client=contact.client)
    answer(survey, 0, contact=contact, client=second)

    figure = only(feedback, ask("2026-05"), "nps")

    assert (figure.extra["promoters"], figure.extra["detractors"], figure.n) == (1, 1, 2)


def test_the_contact_and_client_come_from_the_invitation_if_the_answer_names_none(agency):
    survey, contact = make_survey("nps"), ContactFactory()
    for day, score in (("2026-05-01", 0), ("2026-05-02", 10)):
        invitation = SurveyInvitationFactory(survey=survey, contact=contact, client=None)
        answer(survey, score, day, invitation=invitation)

    assert only(feedback, ask("2026-05"), "nps").n == 1
    assert feedback.rows(ask("2026-05"), "nps", None)[0]["client"] == contact.client.book_id


def test_answers_of_contacts_and_clients_that_left_still_count(agency):
    survey = make_survey("nps")
    contact = ContactFactory(left_on=date(2026, 5, 11), client=ClientFactory(archived_on=date(2026, 5, 12)))
    answer(survey, 10, contact=contact, client=contact.client)

    assert values(feedback, ask("2026-05"), "nps") == {None: 100}


def test_the_last_edit_of_an_invitation_counts_on_the_day_of_its_first_answer(agency):
    survey = make_survey("csat")
    invitation = SurveyInvitationFactory(survey=survey)
    answer(survey, 2, "2026-04-30", invitation=invitation)
    answer(survey, 5, "2026-05-02", invitation=invitation)

    before_the_edit = ask("2026-04", as_of=date(2026, 5, 1))

    assert values(feedback, ask("2026-04"), "csat") == {None: 1}
    assert values(feedback, before_the_edit, "csat") == {None: 0}
    assert values(feedback, ask("2026-05"), "csat") == {}


def test_csat_counts_every_answer_and_the_neutral_ones(agency):  # CSAT-003
    contact = ContactFactory()
    answers(make_survey("csat"), (4, 7), (3, 1), (2, 2), contact=contact, client=contact.client)

    figure = only(feedback, ask("2026-05"), "csat")

    assert (figure.value, figure.numerator, figure.denominator, figure.n) == (Decimal("0.7"), 7, 10, 10)


@pytest.mark.parametrize(
    ("scale", "configured", "satisfied"),
    [
        ((1, 5), None, {4, 5}),
        ((0, 1), None, {1}),
        ((1, 3), None, {3}),
        ((1, 4), None, {3, 4}),
        ((1, 7), None, {6, 7}),
        ((1, 10), None, {8, 9, 10}),
        ((0, 10), None, {8, 9, 10}),
        ((1, 5), [5], {5}),
        ((1, 5), [1, 2], {1, 2}),
        ((1, 10), [4, 5], {8, 9, 10}),
        ((1, 5), [8, 9, 10], {4, 5}),
        ((1, 5), [], {4, 5}),
    ],
)
def test_satisfied_scores_of_a_scale(scale, configured, satisfied):
    assert feedback.satisfied_scores(*scale, configured) == satisfied


def test_csat_uses_the_agencys_satisfied_scores_per_scale(agency):
    answers(make_survey("csat"), (4, 1), (5, 1))
    answers(make_survey("csat", 1, 10), (5, 1), (8, 1))

    assert values(feedback, ask("2026-05"), "csat") == {None: Decimal("0.75")}
    assert values(feedback, ask("2026-05", csat_satisfied_scores=[5]), "csat") == {None: Decimal("0.5")}


def test_an_answer_falls_on_the_agencys_local_day_and_not_after_as_of(agency):
    answer(make_survey("csat"), 5, "2026-05-31T23:30Z")

    paris = {"time_zone": "Europe/Paris"}

    assert values(feedback, ask("2026-05"), "csat") == {None: 1}
    assert values(feedback, ask("2026-05", **paris), "csat") == {}
    assert values(feedback, ask("2026-06", **paris), "csat") == {None: 1}
    assert values(feedback, ask("2026-05", as_of=date(2026, 5, 30)), "csat") == {}


def test_an_answer_without_a_client_counts_in_the_total_and_in_no_slice(agency):
    survey, client = make_survey("csat"), ClientFactory()
    answer(survey, 1)
    answer(survey, 5, client=client)

    assert values(feedback, ask("2026-05"), "csat") == {None: Decimal("0.5")}
    assert values(feedback, ask("2026-05", by="client"), "csat") == {client.book_id: 1}
    assert values(feedback, ask("2026-05", by="am"), "csat") == {"unassigned": 1}


def test_satisfaction_belongs_to_the_account_manager_of_the_interaction(agency):
    client = ClientFactory()
    first = AssignmentFactory(client=client, starts_on=date(2026, 1, 1), ends_on=date(2026, 5, 10)).member
    second = AssignmentFactory(client=client, starts_on=date(2026, 5, 10)).member
    survey = make_survey("csat")
    invitation = SurveyInvitationFactory(survey=survey, client=client, sent_at=at("2026-05-09T12:00Z"))
    answer(survey, 5, "2026-05-12", invitation=invitation)
    answer(survey, 1, "2026-05-12", client=client)

    assert values(feedback, ask("2026-05", by="am"), "csat") == {first.book_id: 1, second.book_id: 0}


@pytest.mark.parametrize(("respondents", "value", "reason"), [(2, None, "too_few_answers"), (3, 100, None)])
def test_nps_of_a_slice_needs_three_respondents(agency, respondents, value, reason):
    client = ClientFactory()
    answers(make_survey("nps"), (10, respondents), client=client)

    query = ask("2026-05", by="client")
    figure = feedback.compute(query, ["nps"])["nps"][client.book_id]

    assert (figure.value, figure.reason, figure.n) == (value, reason, respondents)
    assert len(feedback.rows(query, "nps", client.book_id)) == (respondents if value else 0)


def test_a_hidden_score_does_not_show_in_its_parts(agency):
    client = ClientFactory()
    answers(make_survey("nps"), (10, 2), client=client)

    figure = feedback.compute(ask("2026-05", by="client"), ["nps"])["nps"][client.book_id]

    assert figure == feedback.Figure(None, None, 2, None, reason="too_few_answers")


def test_nps_of_the_agency_is_shown_for_one_respondent(agency):
    answer(make_survey("nps"), 10)

    assert values(feedback, ask("2026-05"), "nps") == {None: 100}


def test_nps_by_client_classifies_the_mean_of_each_client(agency):
    survey = make_survey("nps")
    for scores in ((10, 8), (10, 3), (6,), (7, 7)):
        client = ClientFactory()
        for score in scores:
            answer(survey, score, client=client)

    figure = only(feedback, ask("2026-05"), "nps")

    # Means 9 (promoter), 6.5 and 6 (detractors), 7 (passive).
    assert figure.extra["nps_by_client"] == -25


def test_response_rate_counts_invitations_sent_in_the_period_and_answered_by_as_of(agency):
    nps_survey, csat_survey, pulse = make_survey("nps"), make_survey("csat"), make_survey("pulse")
    early = SurveyInvitationFactory(survey=nps_survey, sent_at=at("2026-05-01T12:00Z"))
    late = SurveyInvitationFactory(survey=csat_survey, sent_at=at("2026-05-31T12:00Z"))
    SurveyInvitationFactory(survey=nps_survey, sent_at=at("2026-05-02T12:00Z"))
    SurveyInvitationFactory(survey=nps_survey, sent_at=at("2026-06-01T12:00Z"))
    SurveyInvitationFactory(survey=pulse, client=None, sent_at=at("2026-05-02T12:00Z"))
    answer(nps_survey, 9, "2026-05-02", invitation=early)
    answer(nps_survey, 8, "2026-05-03", invitation=early)
    answer(csat_survey, 5, "2026-06-03", invitation=late)

    by_june_2 = only(feedback, ask("2026-05", as_of=date(2026, 6, 2)), "survey_response_rate")
    by_june_3 = only(feedback, ask("2026-05", as_of=date(2026, 6, 3)), "survey_response_rate")

    assert (by_june_2.numerator, by_june_2.denominator) == (1, 3)
    assert (by_june_3.numerator, by_june_3.denominator) == (2, 3)


@pytest.mark.parametrize("key", feedback.KEYS)
def test_the_rows_behind_a_figure_add_up_to_it_in_every_slice(agency, key):
    for segment in ("Retail", ""):
        client = ClientFactory(segment=segment)
        for kind, scores in (("nps", (10, 8, 0, 3)), ("csat", (5, 1, 4))):
            survey = make_survey(kind)
            for score in scores:
                invitation = SurveyInvitationFactory(
                    survey=survey, client=client, sent_at=at("2026-05-09T12:00Z")
                )
                answer(survey, score, invitation=invitation)
            SurveyInvitationFactory(survey=survey, client=client, sent_at=at("2026-05-09T12:00Z"))

    query = ask("2026-05", by="segment")
    figures = feedback.compute(query, [key])[key]
    total = only(feedback, ask("2026-05"), key)

    assert sorted(figures) == ["Retail", "unassigned"]
    for name, figure in figures.items():
        rows = feedback.rows(query, key, name)
        assert sum(row["numerator"] for row in rows) == figure.numerator
        assert sum(row["denominator"] for row in rows) == figure.denominator
    assert sum(figure.numerator for figure in figures.values()) == total.numerator
    assert sum(figure.denominator for figure in figures.values()) == total.denominator


def test_feedback_has_no_service(agency):
    answer(make_survey("csat"), 5)
    query = ask("2026-05", by="service")

    assert feedback.compute(query, feedback.KEYS) == {}
    assert feedback.rows(query, "csat", None) == []
