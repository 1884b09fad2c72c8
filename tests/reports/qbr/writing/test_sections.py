"""What the sections say: the engine's numbers, in sentences that follow from them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from agencyam.periods import Period, month_of
from clients.plans.services import move_action
from kpis.direct.query import Query
from kpis.engine import evaluate
from reports.qbr.document import State, Tone
from tests.factories.accounts import MemberFactory
from tests.factories.clients import (
    ActionItemFactory,
    ContactFactory,
    ContractLineFactory,
    DeliverableFactory,
    GoalFactory,
    LinePauseFactory,
    MessageFactory,
    ProposalFactory,
    RequestFactory,
    SurveyFactory,
    SurveyInvitationFactory,
    SurveyResponseFactory,
)
from tests.queries import queries_of
from tests.reports import books
from tests.reports.qbr.writing.documents import document_of


def results_of(client, settings, keys, period=books.PERIOD, as_of=books.TODAY):
    query = Query(period=period, as_of=as_of, by="client", settings=settings)
    return {result.kpi: result for result in evaluate(query, keys) if result.key == client.book_id}


def ask(client, *, hours, day=date(2026, 7, 6), **fields):
    """A request, answered after so many hours; not at all for None."""
    opened = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
    request = RequestFactory(client=client, opened_at=opened, **fields)
    MessageFactory(request=request, sent_at=opened)
    if hours is not None:
        MessageFactory(request=request, sent_at=opened + timedelta(hours=hours), direction="outbound")


# Numbers


def test_the_document_shows_the_engines_numbers(settings):
    client = books.make_client()
    results = results_of(client, settings, ("sla_attainment", "on_time_delivery_rate", "nps", "csat"))

    document = document_of(client, settings)

    rows = {row.name: row for row in document.scorecard.rows}
    assert [result.display for result in results.values()] == ["25", "83%", "86.4%", "75.0%"]
    assert rows["Answered within the promised time"].value == "86.4%"
    assert rows["Answered within the promised time"].basis == "22 messages"
    assert rows["Delivered on time"].value == "75%"
    assert rows["Would recommend us (NPS)"].value == "+25"
    assert rows["Satisfied with our answers (CSAT)"].value == "83%"
    assert [tile.value for tile in document.summary.tiles] == ["86.4%", "1.8\u00a0h", "75%", "+25"]


def test_the_sentences_follow_from_the_same_numbers(settings):
    document = document_of(books.make_client(), settings)

    assert document.summary.sentences == (
        "We answered 86.4% of your 22 messages within the promised time (target ≥\u00a090%).",
        "Six of eight pieces of work came on time; one was late on our side.",
        "On recommending us you gave +25 (NPS, 4 answers).",
        "We need four decisions from you.",
    )
    assert document.service.lead == (
        "3 of 22 messages (14%) waited longer than the promised 4 h, the longest 9.5\u00a0h. "
        "The other 19 were answered in time."
    )
    assert document.delivery.lead == (
        "Two of eight pieces of work came late. One of them is on our side. Six came on time."
    )
    assert document.feedback.lead == "10 of 13 survey questions that we sent were answered."


def test_other_clients_change_nothing(settings):
    client = books.make_client()
    alone = document_of(client, settings)

    books.make_client(name="Somebody Else", is_first=False)

    assert document_of(client, settings) == alone


def test_the_monthly_fee_is_the_engines_mrr(client, settings):
    ContractLineFactory(client=client, amount=1000, starts_on=date(2025, 11, 1), ends_on=date(2026, 5, 1))
    ContractLineFactory(client=client, amount=9000, interval="year", starts_on=date(2026, 2, 1))
    paused = ContractLineFactory(client=client, amount=400, starts_on=date(2026, 1, 1))
    LinePauseFactory(line=paused, starts_on=date(2026, 3, 10), ends_on=date(2026, 6, 1))
    last_days = [month_of(date(2025, 11, 1)).end - timedelta(days=1)]
    while last_days[-1] < books.LAST_DAY:
        last_days.append(month_of(last_days[-1] + timedelta(days=1)).end - timedelta(days=1))

    fees = document_of(client, settings).commercials.fees

    mrr = [results_of(client, settings, ("mrr",), month_of(day), day)["mrr"].value for day in last_days]
    assert [point.amount for point in fees.points] == mrr
    assert [point.amount for point in fees.points][3:8] == [2150, 1750, 1750, 750, 1150]


def test_fees_in_two_currencies_are_not_added(client, settings):
    ContractLineFactory(client=client, amount=1000)
    ContractLineFactory(client=client, amount=1000, currency="USD")

    commercials = document_of(client, settings).commercials

    assert commercials.fees is None
    assert (
        commercials.lead
        == "You had two running services for €1,000 and US$1,000 a month on 30 September 2026."
    )


# A quiet, a running and an early quarter


def test_a_quiet_quarter_reads_well(client, settings):
    document = document_of(client, settings)

    assert document.summary.sentences == (
        "July to September 2026 was quiet: no messages, nothing due, no answers to our questions.",
        "We need no decision from you.",
    )
    assert document.summary.tiles == document.summary.went_well == document.summary.did_not == ()
    assert document.feedback.lead == "No survey answers in July to September 2026."
    assert document.delivery.lead == "Nothing was due for delivery in July to September 2026."
    assert document.service.lead == "No message from you needed an answer in July to September 2026."
    assert {row.value for row in document.scorecard.rows} == {"–"}
    assert document.measures == ()


def test_a_running_quarter_says_until_when(client, settings):
    ContractLineFactory(client=client, amount=500)

    document = document_of(client, settings, as_of=date(2026, 8, 20))

    assert document.cover.period == "July to September 2026, until 20 August 2026"
    assert [point.is_partial for point in document.commercials.fees.points][-2:] == [False, True]
    assert document.commercials.lead.endswith("on 20 August 2026, the same as when the period began.")


@pytest.mark.parametrize(
    ("period", "title"),
    [
        (month_of(date(2026, 7, 1)), "Monthly Review"),
        (Period(date(2025, 10, 1), date(2026, 10, 1)), "Annual Business Review"),
        (Period(date(2026, 7, 3), date(2026, 8, 20)), "Business Review"),
    ],
)
def test_other_periods_have_their_own_title(client, settings, period, title):
    assert document_of(client, settings, period=period).cover.title == title


# Service


def test_misses_come_first_and_what_is_not_listed_is_counted(client, settings):
    for number in range(15):
        ask(client, hours=1, day=date(2026, 9, 1) + timedelta(days=number))
    ask(client, hours=30, day=date(2026, 7, 1), subject="Late one")

    service = document_of(client, settings).service

    assert (service.requests[0].subject, service.requests[0].state) == ("Late one", State(Tone.BAD, "Late"))
    assert len(service.requests) == 10
    assert service.more == "And 6 more requests. None of them was late."
    assert len(service.waits.hours) == 16


def test_an_unanswered_message_is_late_and_said_to_wait(client, settings):
    ask(client, hours=2)
    ask(client, hours=None, subject="Still waiting", day=date(2026, 9, 29))

    service = document_of(client, settings).service

    assert service.requests[0].first_answer.endswith("h so far")
    assert "1 request still waits for an answer." in service.waits.note
    assert service.lead.startswith("One of two messages (50%) waited longer than the promised 4 h")


# Delivery


def test_a_delay_names_whose_it_was(client, settings):
    due = {"client": client, "baseline_due_on": date(2026, 8, 3)}
    DeliverableFactory(**due, title="A ours", delivered_on=date(2026, 8, 5), delay_cause="ours")
    DeliverableFactory(**due, title="B yours", delivered_on=date(2026, 8, 4), delay_cause="client")
    DeliverableFactory(**due, title="C unsaid", delivered_on=date(2026, 8, 4))
    moved = {"due_on": date(2026, 8, 10), "delay_cause": "agreed"}
    DeliverableFactory(**due, **moved, title="D moved", delivered_on=date(2026, 8, 9))

    rows = document_of(client, settings).delivery.rows

    assert [(row.title, row.state.word, row.state.tone, row.cause) for row in rows] == [
        ("A ours", "2 days late", Tone.BAD, "On our side"),
        ("B yours", "1 day late", Tone.WARN, "Waiting for you"),
        ("C unsaid", "1 day late", Tone.BAD, "Not written down"),
        ("D moved", "On time", Tone.GOOD, "Moved with you from 3 Aug 2026"),
    ]


def test_what_is_not_known_yet_is_open(client, settings):
    DeliverableFactory(
        client=client, title="Film", baseline_due_on=date(2026, 8, 20), delivered_on=date(2026, 8, 25)
    )

    document = document_of(client, settings, as_of=date(2026, 8, 20))

    assert [(row.delivered, row.state.word) for row in document.delivery.rows] == [("Open", "Due today")]
    assert document.delivery.lead == "One is due today."
    assert [(row.what, row.state.word) for row in document.next_steps] == [("Deliver: Film", "Planned")]


def test_cancelled_work_is_not_mentioned(client, settings):
    DeliverableFactory(client=client, baseline_due_on=date(2026, 8, 20), status="cancelled")

    assert document_of(client, settings).delivery.rows == ()


# Feedback


def answer(client, survey, score, day=date(2026, 8, 1)):
    sent = datetime(day.year, day.month, day.day, tzinfo=UTC)
    invitation = SurveyInvitationFactory(survey=survey, client=client, sent_at=sent)
    SurveyResponseFactory(
        survey=survey,
        client=client,
        invitation=invitation,
        score=score,
        answered_at=sent + timedelta(hours=1),
    )


def test_a_score_of_two_people_is_hidden(client, settings):
    survey = SurveyFactory()
    answer(client, survey, 10)
    answer(client, survey, 2)

    document = document_of(client, settings)

    (measure,) = document.feedback.measures
    assert (measure.value, measure.answered, measure.state) == ("–", "2 answers", None)
    assert measure.detail == "Shown from three answers on, so that nobody can be recognised"
    assert document.scorecard.rows[5].state == State(Tone.PLAIN, "Under three answers")


def test_a_negative_score_has_a_minus_sign(client, settings):
    survey = SurveyFactory()
    for score in (0, 3, 8):
        answer(client, survey, score)

    assert document_of(client, settings).feedback.measures[0].value == "−67"


# Plan


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"baseline": 10, "target": 20, "current": 20}, "Reached"),
        ({"baseline": 20, "target": 10, "current": 9}, "Reached"),
        ({"baseline": 10, "target": 20, "current": 15, "due_on": date(2026, 9, 1)}, "Missed"),
        ({"baseline": 10, "target": 20, "current": 15, "due_on": date(2026, 12, 1)}, "50% of the way"),
        ({"baseline": 10, "target": 20, "current": 8}, "Behind its start"),
        ({"target": 20, "current": 8}, "On the way"),
        ({"target": 20}, "Not measured"),
    ],
)
def test_a_goals_state_comes_from_its_values(client, settings, values, word):
    GoalFactory(client=client, status="at_risk", **values)

    assert [row.state.word for row in document_of(client, settings).goals] == [word]


def test_promises_say_what_became_of_them(client, settings):
    ActionItemFactory(client=client, title="A", due_on=date(2026, 7, 10), done_on=date(2026, 7, 10))
    ActionItemFactory(client=client, title="B", due_on=date(2026, 7, 11), done_on=date(2026, 7, 14))
    ActionItemFactory(client=client, title="C", due_on=date(2026, 7, 12))
    ActionItemFactory(client=client, title="D", due_on=date(2026, 12, 1), is_ours=False)

    document = document_of(client, settings)

    assert [(row.what, row.state.word) for row in document.promises] == [
        ("A", "Done 10 Jul 2026"),
        ("B", "Done, 3 days late"),
        ("C", "85 days late"),
    ]
    assert [(row.what, row.owner) for row in document.next_steps] == [("C", "Harbour & Finch"), ("D", "You")]
    assert document.summary.did_not == ("We still owe you: C.",)


def test_a_promise_of_before_that_is_still_owed_stays_a_promise(client, settings):
    owed = {"client": client, "due_on": date(2026, 5, 20)}
    ActionItemFactory(title="Never done", **owed)
    ActionItemFactory(title="Done this quarter", done_on=date(2026, 7, 2), **owed)
    ActionItemFactory(title="Done before", done_on=date(2026, 6, 30), **owed)

    assert [(row.what, row.state.word) for row in document_of(client, settings).promises] == [
        ("Done this quarter", "Done, 43 days late"),
        ("Never done", "138 days late"),
    ]


def test_a_promise_of_the_last_review_that_was_put_off_is_told_and_not_forgotten(client, settings):
    moved = ActionItemFactory(client=client, title="A", due_on=date(2026, 9, 15))
    ActionItemFactory(client=client, title="B", due_on=date(2026, 9, 15))
    ActionItemFactory(client=client, title="C", due_on=date(2026, 12, 1))
    ActionItemFactory(client=client, title="A", due_on=date(2026, 11, 2))
    ContactFactory(client=client, email="julia@northwind.example")
    books.make_sent(client, period=books.PERIOD.previous())

    move_action(action=moved, due_on=date(2026, 11, 20), by=MemberFactory(), today=books.TODAY)

    assert [(row.what, row.due, row.state) for row in document_of(client, settings).promises] == [
        ("A", "20 Nov 2026", State(Tone.WARN, "Put off from 15 Sept 2026")),
        ("B", "15 Sept 2026", State(Tone.BAD, "20 days late")),
    ]


def test_only_offers_that_still_hold_ask_for_a_decision(client, settings):
    sent = {"client": client, "status": "sent", "amount": Decimal(1200)}
    ProposalFactory(**sent, title="Fresh", sent_at=datetime(2026, 9, 1, tzinfo=UTC))
    ProposalFactory(**sent, title="Expired", sent_at=datetime(2026, 6, 1, tzinfo=UTC))
    ProposalFactory(**sent, title="Not sent yet", sent_at=datetime(2026, 10, 6, 12, tzinfo=UTC))

    decisions = document_of(client, settings).summary.decisions

    assert [(decision.what, decision.by) for decision in decisions] == [
        ("Accept or decline our proposal “Fresh” (€1,200)", "sent 1 Sept 2026")
    ]


def test_many_decisions_are_cut_and_counted(client, settings):
    for number in range(9):
        ActionItemFactory(client=client, title=f"Step {number}", is_ours=False)

    decisions = document_of(client, settings).summary.decisions

    assert len(decisions) == 6
    assert decisions[-1].what == "And four more things that we will go through with you"


# Commercials


@pytest.mark.parametrize(
    ("terms", "until"),
    [
        ({}, "Open"),
        ({"ends_on": date(2027, 1, 1)}, "31 Dec 2026"),
        ({"ends_on": date(2027, 1, 1), "notice_days": 30}, "31 Dec 2026, notice by 2 Dec 2026"),
        ({"ends_on": date(2027, 1, 1), "is_auto_renewing": True}, "31 Dec 2026, renews by itself"),
        (
            {"ends_on": date(2027, 1, 1), "is_auto_renewing": True, "notice_days": 60},
            "31 Dec 2026, renews by itself unless ended by 2 Nov 2026",
        ),
    ],
)
def test_only_what_is_contracted_is_said_of_the_end(client, settings, terms, until):
    ContractLineFactory(client=client, **terms)

    assert [line.until for line in document_of(client, settings).commercials.services] == [until]


def test_a_review_takes_as_many_queries_for_many_rows_as_for_few(settings):
    few = books.make_client()
    few_queries = queries_of(lambda: document_of(few, settings))
    many = books.make_client(name="Many", is_first=False)
    books.make_long(many)

    many_queries = queries_of(lambda: document_of(many, settings))

    assert len(many_queries) == len(few_queries)


def test_a_document_without_a_manager_is_signed_by_the_agency(client, settings):
    cover = document_of(client, settings).cover

    assert (cover.prepared_by, cover.agency) == ("Harbour & Finch", "Harbour & Finch")
