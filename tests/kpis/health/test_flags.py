from datetime import date, timedelta
from decimal import Decimal

import pytest

from kpis.health.flags import level_of
from tests.factories.clients import (
    ContactFactory,
    ContractLineFactory,
    InvoiceFactory,
    OpportunityFactory,
    ServiceFactory,
)
from tests.kpis.health.books import TODAY, answer, flags_of, health_of, make_client, talk

END = date(2026, 8, 1)


def quiet_client(**line):
    """A client without any flag: met yesterday."""
    client = make_client(**line)
    talk(client, 1)
    return client


def test_a_client_that_was_met_and_pays_has_no_flag(agency):
    row = health_of(quiet_client())

    assert (row.risk_flags, row.risk_level) == ([], "low")


def test_an_agreed_end_with_a_reason_is_a_notice(agency):
    client = quiet_client(ends_on=END, ended_reason="Budget cut", notice_days=60)

    row = health_of(client)

    assert [flag["key"] for flag in row.risk_flags] == ["notice", "health_red"]
    # The last day that the contract allowed.
    assert row.risk_flags[0]["on"] == "2026-06-02"
    assert (row.band, row.is_forced_red, row.risk_level) == ("red", True, "high")


def test_a_notice_that_is_written_down_counts_at_once(agency):
    client = quiet_client(ends_on=date(2027, 3, 1), ended_reason="Budget cut", notice_days=30)

    assert flags_of(client) == [("notice", "2026-06-30"), ("health_red", "2026-06-30")]


def test_of_a_past_day_a_notice_counts_once_the_contract_must_have_had_it(agency):
    client = quiet_client(ends_on=END, ended_reason="Budget cut", notice_days=60)

    assert health_of(client, date(2026, 6, 1)).is_forced_red is False
    assert health_of(client, date(2026, 6, 2)).is_forced_red is True


@pytest.mark.parametrize("reason", ["renewal", "Price change", ""])
def test_a_change_of_terms_is_no_notice(agency, reason):
    client = quiet_client(ends_on=END, ended_reason=reason, is_auto_renewing=True)

    assert flags_of(client) == []


def test_a_line_that_another_one_of_the_service_follows_is_no_notice(agency):
    client = quiet_client(ends_on=END, ended_reason="Moved to the new plan")
    ContractLineFactory(client=client, service=client.lines.get().service, starts_on=END)

    assert flags_of(client) == []


def test_the_end_of_one_of_two_services_is_a_contraction_to_come(agency):
    client = quiet_client()
    ContractLineFactory(
        client=client, service=ServiceFactory(name="SEO"), ends_on=END, ended_reason="Too dear"
    )

    row = health_of(client)

    assert [flag["key"] for flag in row.risk_flags] == ["contraction"]
    assert row.risk_flags[0]["facts"] == {"ends_on": "2026-08-01", "reason": "Too dear", "services": "SEO"}
    assert row.is_forced_red is False


@pytest.mark.parametrize(("days_ago", "flags"), [(44, []), (45, [("quiet", "2026-06-30")])])
def test_quiet_from_the_forty_fifth_day(agency, days_ago, flags):
    client = make_client()
    talk(client, days_ago)
    talk(client, 2, status="cancelled")

    assert flags_of(client) == flags


def test_who_came_lately_is_not_quiet(agency):
    assert flags_of(make_client(starts_on=TODAY - timedelta(days=44))) == []


def test_who_was_never_met_is_quiet_from_the_forty_fifth_day_of_being_a_client(agency):
    client = make_client(starts_on=TODAY - timedelta(days=50))

    assert flags_of(client) == [("quiet", "2026-06-25")]


def test_a_contact_who_decided_and_left(agency):
    client = quiet_client()
    left_on = TODAY - timedelta(days=10)
    ContactFactory(client=client, name="Anna", buying_role="champion", left_on=left_on)
    ContactFactory(client=client, buying_role="user", left_on=left_on)

    row = health_of(client)

    assert row.risk_flags == [
        {"key": "contact_left", "on": "2026-06-20", "facts": {"name": "Anna", "role": "champion"}}
    ]


def test_a_contact_whose_role_somebody_else_took_leaves_no_gap(agency):
    client = quiet_client()
    ContactFactory(client=client, buying_role="champion", left_on=TODAY)
    ContactFactory(client=client, buying_role="Champion")

    assert flags_of(client) == []


@pytest.mark.parametrize(
    ("due_days_ago", "paid_on", "flags"),
    [
        (30, None, []),
        (31, None, [("overdue_payment", "2026-06-30")]),
        (40, TODAY, []),
        (40, TODAY + timedelta(days=1), [("overdue_payment", "2026-06-21")]),
    ],
)
def test_a_payment_over_thirty_days_late(agency, due_days_ago, paid_on, flags):
    client = quiet_client()
    due_on = TODAY - timedelta(days=due_days_ago)
    InvoiceFactory(client=client, issued_on=due_on, due_on=due_on, paid_on=paid_on)
    InvoiceFactory(client=client, issued_on=due_on, due_on=due_on, amount=Decimal(-5))

    assert flags_of(client) == flags


@pytest.mark.parametrize(
    ("line", "flags"),
    [
        ({"ends_on": TODAY + timedelta(days=90)}, [("ends_soon", "2026-06-30")]),
        ({"ends_on": TODAY + timedelta(days=91)}, []),
        ({"ends_on": TODAY + timedelta(days=20), "is_auto_renewing": True}, []),
    ],
)
def test_a_contract_that_ends_within_ninety_days(agency, line, flags):
    assert flags_of(quiet_client(**line)) == flags


def test_renewal_talk_takes_the_flag_away_until_it_is_over(agency):
    client = quiet_client(ends_on=END)
    talk_of = OpportunityFactory(client=client, kind="renewal", expected_on=END)

    assert flags_of(client) == []

    talk_of.closed_on = TODAY
    talk_of.save()

    assert flags_of(client) == [("ends_soon", "2026-05-03")]


def test_a_detractor_stays_unanswered_until_somebody_speaks_with_the_client(agency):
    client = make_client()
    talk(client, 20)
    answer(client, 6, 10)

    assert flags_of(client) == [("detractor", "2026-06-20")]

    talk(client, 5)

    assert flags_of(client) == []


def test_a_passive_is_no_detractor(agency):
    client = make_client()
    talk(client, 20)
    answer(client, 7, 10)

    assert flags_of(client) == []


@pytest.mark.parametrize(("days_ago", "flags"), [(89, [("contraction", "2026-04-02")]), (90, [])])
def test_paying_less_is_a_flag_for_ninety_days(agency, days_ago, flags):
    day = TODAY - timedelta(days=days_ago)
    client = quiet_client(ends_on=day, ended_reason="downgrade")
    ContractLineFactory(client=client, service=client.lines.get().service, amount=600, starts_on=day)

    row = health_of(client)

    assert [(flag["key"], flag["on"]) for flag in row.risk_flags] == flags
    assert [flag["facts"] for flag in row.risk_flags] == [{"lost_mrr": "400"}] * len(flags)


def test_red_health_is_a_flag_since_the_first_red_day(agency):
    client = quiet_client()
    talk(client, 4)
    for days_ago in (3, 2, 1):
        health_of(client, TODAY - timedelta(days=days_ago))
    line = client.lines.get()
    line.ends_on, line.ended_reason = TODAY + timedelta(days=29), "Budget cut"
    line.save()

    # Notice must have come on the day before TODAY.
    since = [flags_of(client, TODAY - timedelta(days=days_ago))[-1:] for days_ago in (2, 1, 0)]

    assert since == [[], [("health_red", "2026-06-29")], [("health_red", "2026-06-29")]]


@pytest.mark.parametrize(
    ("keys", "level"),
    [
        (set(), "low"),
        ({"quiet"}, "medium"),
        ({"quiet", "detractor"}, "medium"),
        ({"quiet", "detractor", "contraction"}, "high"),
        ({"notice"}, "high"),
        ({"health_red"}, "high"),
    ],
)
def test_the_level_follows_from_the_flags(keys, level):
    assert level_of(keys) == level
