from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.services.settings import update_settings
from agencyam.periods import Period
from clients.models import Deliverable, Message, SurveyResponse, Touchpoint
from kpis.direct import delivery, service, touchpoints
from kpis.direct.query import Query
from kpis.health import services
from kpis.health.models import ClientHealth
from kpis.health.readings.asking import Days
from tests.factories.clients import (
    BusinessCalendarFactory,
    ContactFactory,
    ContractLineFactory,
    DeliverableFactory,
    FxRateFactory,
    LinePauseFactory,
    MessageFactory,
    OneOffLineFactory,
    RetainerUsageFactory,
    SLAPolicyFactory,
    SurveyFactory,
    SurveyInvitationFactory,
    SurveyResponseFactory,
)
from tests.kpis.books import settings
from tests.kpis.health.books import (
    NOW,
    TODAY,
    ago,
    answer,
    health_of,
    make_client,
    pulse,
    score_of,
    talk,
    wait,
)


@pytest.mark.parametrize(
    ("score", "days_ago", "stored"),
    [(7, 0, "66.666667"), (7, 89, "66.666667"), (7, 90, None), (10, 29, "100"), (10, 30, None), (1, 29, "0")],
)
def test_the_pulse_holds_for_ninety_days_an_extreme_one_for_thirty(agency, score, days_ago, stored):
    client = make_client()
    pulse(client, score, days_ago)

    assert score_of(client, "pulse") == stored


def test_the_latest_pulse_counts_even_when_it_has_run_out(agency):
    client = make_client()
    pulse(client, 9, 60)
    pulse(client, 1, 40)

    assert score_of(client, "pulse") is None


def test_sentiment_is_the_latest_nps_answer(agency):
    client = make_client()
    answer(client, 9, 40)
    answer(client, 3, 20)
    answer(client, 5, 10, kind="csat")

    assert score_of(client, "sentiment") == "30"


def test_an_edited_answer_counts_as_last_known_on_the_day(agency):
    client = make_client()
    invitation = SurveyInvitationFactory(client=client, survey=SurveyFactory(), sent_at=ago(30))
    for score, days_ago in ((2, 20), (8, 5)):
        SurveyResponseFactory(
            survey=invitation.survey,
            invitation=invitation,
            client=client,
            score=score,
            answered_at=ago(days_ago),
        )

    assert score_of(client, "sentiment") == "80"
    assert score_of(client, "sentiment", TODAY - timedelta(days=10)) == "20"


def test_without_a_recent_nps_answer_sentiment_is_the_share_of_satisfied_ones(agency):
    client = make_client()
    answer(client, 9, 180)
    for score in (5, 4, 3, 1):
        answer(client, score, 100, kind="csat")

    assert score_of(client, "sentiment") == "50"


def test_replies_are_judged_by_the_promise_and_open_ones_once_they_are_late(agency):
    client = make_client()
    wait(client, 10, hours=4)
    wait(client, 11, hours=5)
    wait(client, 12)
    wait(client, 90, hours=50)

    row = health_of(client)

    assert row.components["replies"]["score"] == "33.333333"
    assert row.components["replies"]["facts"] == {
        "met": 1,
        "late": 2,
        "late_first": 2,
        "last_late_on": "2026-06-19",
    }


def test_a_wait_that_may_still_be_answered_in_time_does_not_count(agency):
    calendar = BusinessCalendarFactory()
    client = make_client()
    client.sla_policy = SLAPolicyFactory(calendar=calendar, reply_hours=8)
    client.save()
    # TODAY is a Tuesday; the office closes at 17:00 with three of eight hours gone.
    request = wait(client, 0)
    Message.objects.filter(request=request).update(sent_at=datetime(2026, 6, 30, 14, tzinfo=UTC))

    assert score_of(client, "replies") is None
    assert health_of(client, TODAY).components["replies"]["facts"]["met"] == 0


def test_deliveries_late_open_and_cancelled(agency):
    client = make_client()
    DeliverableFactory(client=client, baseline_due_on=TODAY - timedelta(days=5), delivered_on=TODAY)
    DeliverableFactory(client=client, baseline_due_on=TODAY, delivered_on=TODAY)
    DeliverableFactory(client=client, baseline_due_on=TODAY - timedelta(days=40))
    DeliverableFactory(client=client, baseline_due_on=TODAY - timedelta(days=3), status="Cancelled")
    DeliverableFactory(client=client, baseline_due_on=TODAY - timedelta(days=90))

    row = health_of(client)

    assert row.components["delivery"]["score"] == "33.333333"
    assert row.components["overdue"]["facts"] == {"overdue": 2, "overdue_since": "2026-04-01"}
    assert row.components["overdue"]["score"] == "0"


def test_coverage_counts_months_with_two_conversations(agency):
    client = make_client()
    talk(client, 1, 2, 40, 70, 75, 76)
    talk(client, 41, status="cancelled")

    row = health_of(client)

    # 2 April to 30 June: April and June have two or more, May has one
    assert row.components["touchpoints"]["facts"] == {"client_months": 3, "covered": 2, "touchpoints": 6}


def test_the_trend_is_measured_at_one_exchange_rate(agency):
    client = make_client(currency="USD")
    FxRateFactory(effective_on=date(2024, 1, 1), rate_to_base=Decimal("0.9"))
    FxRateFactory(effective_on=TODAY - timedelta(days=10), rate_to_base=Decimal("0.5"))

    row = health_of(client)

    assert row.components["commercial"]["score"] == "100"
    assert row.mrr == 500


def test_the_own_signals_are_measured_and_weigh_nothing(agency):
    client = make_client()
    line = client.lines.get()
    for month, used in ((3, 60), (4, 60), (5, 60), (6, 999)):
        RetainerUsageFactory(line=line, month=date(2026, month, 1), hours_budget=50, hours_used=used)
    request = wait(client, 20, hours=6)
    MessageFactory(request=request, sent_at=ago(18, hour=18), direction="inbound")
    MessageFactory(request=request, sent_at=ago(18, hour=19), direction="outbound")
    DeliverableFactory(
        client=client, baseline_due_on=date(2026, 7, 20), submitted_on=TODAY - timedelta(days=6)
    )
    decider = ContactFactory(client=client, buying_role="decision_maker")
    ContactFactory(client=client, buying_role="Executive sponsor")
    talk(client, 34, contact=decider)
    survey = SurveyFactory()
    for days_ago in (10, 20, 30):
        SurveyInvitationFactory(survey=survey, client=client, sent_at=ago(days_ago))

    parts = health_of(client).components

    assert {key: part["score"] for key, part in parts.items() if part["weight"] == "0"} == {
        "retainer": "50",  # 180 of 150 hours
        "overdue": None,
        "approval": "50",  # waiting for 6 days
        "our_pace": "100",  # the median of 6 and 1 hours is under the promised 4
        "client_pace": "50",  # 48 hours
        "stakeholders": "58.333333",  # two of three roles, and 50 for 34 days
        "silence": "0",
    }


def test_who_is_no_client_on_the_day_has_no_health(agency):
    make_client("Past", ends_on=TODAY)
    make_client("Coming", starts_on=TODAY + timedelta(days=1))
    archived = make_client("Archived")
    archived.archived_on = TODAY
    archived.save()
    project = make_client("Project", ends_on=date(2025, 1, 1))
    OneOffLineFactory(client=project, starts_on=date(2026, 6, 1), ends_on=date(2026, 8, 1))
    paused = make_client("Paused")
    LinePauseFactory(line=paused.lines.get(), starts_on=date(2026, 5, 1))

    services.refresh(clients=None, today=TODAY, now=NOW)

    rows = ClientHealth.objects.order_by("client__name").values_list("client__name", "mrr")
    assert list(rows) == [("Paused", 0), ("Project", 0)]


def test_health_says_what_the_kpis_say(agency, agency_beside):
    cadence = {"": [4, 6], "gold": [3, 6], "segment:Retail": [5, 6]}
    update_settings(by=None, cadence=cadence)
    for number in range(4):
        client = make_client(f"Client {number}")
        client.tier, client.segment = "" if number % 2 else "gold", "Retail" if number < 2 else ""
        client.save()
        for day in range(number, 100, 7 + number):
            wait(client, day, hours=(day * 3) % 9 if day % 5 else None)
            talk(client, day)
            DeliverableFactory(
                client=client,
                baseline_due_on=TODAY - timedelta(days=day),
                delivered_on=TODAY - timedelta(days=day - day % 3 + 1) if day % 4 else None,
            )
    days = [TODAY - timedelta(days=back) for back in (0, 17, 31)]

    services.store_days(days=days, today=TODAY, now=NOW)

    for day in days:
        after = day + timedelta(days=1)
        known = settings(cadence=cadence)
        query = Query(Period(after - timedelta(days=90), after), day, "client", known)
        for key, family, kpi in (
            ("replies", service, "sla_attainment"),
            ("delivery", delivery, "on_time_delivery_rate"),
            ("touchpoints", touchpoints, "touchpoint_coverage"),
        ):
            figures = family.compute(query, [kpi])[kpi]
            stored = {
                row.client.book_id: row.components[key]["score"]
                for row in ClientHealth.objects.on(day).select_related("client")
            }
            expected = {
                name: figure.value and round(100 * figure.value, 6) for name, figure in figures.items()
            }
            assert {name: Decimal(score) for name, score in stored.items() if score is not None} == expected


def test_a_past_day_is_told_as_if_nothing_later_were_known(agency):
    client, day = make_client(), TODAY - timedelta(days=20)
    for back in range(0, 120, 3):
        wait(client, back, hours=back % 11)
        talk(client, back)
        DeliverableFactory(
            client=client,
            baseline_due_on=TODAY - timedelta(days=back),
            delivered_on=TODAY - timedelta(days=max(back - 2, 0)),
        )
    answer(client, 9, 40)
    answer(client, 2, 10)
    pulse(client, 8, 50)
    pulse(client, 3, 15)
    ContractLineFactory(client=client, starts_on=TODAY - timedelta(days=5))
    before = health_of(client, day)
    known_until = datetime(2026, 6, 11, tzinfo=UTC)

    Message.objects.filter(sent_at__gte=known_until).delete()
    Touchpoint.objects.filter(occurred_at__gte=known_until).delete()
    SurveyResponse.objects.filter(answered_at__gte=known_until).delete()
    Deliverable.objects.filter(delivered_on__gt=day).update(delivered_on=None)
    Deliverable.objects.filter(baseline_due_on__gt=day).delete()
    client.lines.filter(starts_on__gt=day).delete()
    after = health_of(client, day)

    assert (after.score, after.components, after.risk_flags, after.mrr) == (
        before.score,
        before.components,
        before.risk_flags,
        before.mrr,
    )


def test_many_days_at_once_say_what_each_day_says_alone(agency):
    client = make_client()
    for back in range(0, 150, 4):
        wait(client, back, hours=back % 7)
        talk(client, back)
    answer(client, 4, 33)
    days = tuple(TODAY - timedelta(days=back) for back in (40, 20, 0))

    together = services.read_facts(Days(days, TODAY, settings()))

    alone = [services.read_facts(Days((day,), TODAY, settings())) for day in days]
    assert together == alone[0] | alone[1] | alone[2]
