from datetime import date
from decimal import Decimal

import pytest

from accounts.roles import Role
from agencyam.tenancy.context import tenant_context
from kpis.direct import people
from tests.factories.accounts import MemberFactory
from tests.factories.clients import (
    AssignmentFactory,
    ClientFactory,
    ContractLineFactory,
    SurveyFactory,
    SurveyInvitationFactory,
    SurveyResponseFactory,
)
from tests.kpis.asking import ask, at, only, values

WORKLOAD, WEIGHTED, CONFIDENCE = people.KEYS


@pytest.fixture
def noise(other_agency):
    """Another agency with two managers, one client and a low mood."""
    with tenant_context(other_agency):
        managed(MemberFactory())
        pulse(MemberFactory(), 1)


@pytest.fixture
def agency(noise, agency):
    return agency


def managed(member, *, starts_on=date(2025, 1, 1), ends_on=None, line_ends_on=None, role="primary"):
    """A paying client that the member looks after."""
    line = ContractLineFactory(starts_on=date(2025, 1, 1), ends_on=line_ends_on)
    return AssignmentFactory(
        client=line.client, member=member, starts_on=starts_on, ends_on=ends_on, role=role
    ).client


def pulse(member, score, day="2026-05-10", **more):
    survey = SurveyFactory(kind="pulse", scale_min=1, scale_max=more.pop("scale_max", 10))
    return SurveyResponseFactory(
        survey=survey, score=score, answered_at=at(f"{day}T12:00Z"), member=member, client=None, **more
    )


def test_workload_is_active_clients_by_account_managers(agency):  # WRK-001, a tenth of it
    busy, idle = MemberFactory(), MemberFactory()
    MemberFactory(role=Role.LEADER)
    for _ in range(3):
        managed(busy)
    managed(idle, line_ends_on=date(2026, 5, 31))
    ClientFactory()

    figure = only(people, ask("2026-05"), WORKLOAD)

    assert (figure.numerator, figure.denominator, figure.value) == (3, 2, Decimal("1.5"))
    assert values(people, ask("2026-05", by="am"), WORKLOAD) == {busy.book_id: 3, idle.book_id: 0}


def test_weighted_load_adds_up_what_the_tiers_weigh(agency):
    busy, idle = MemberFactory(), MemberFactory()
    for tier in ("gold", "silver", ""):
        client = managed(busy)
        client.tier = tier
        client.save()
    managed(idle, line_ends_on=date(2026, 5, 31))

    query = ask("2026-05", tier_weights={"gold": "2.5", "silver": "0"})
    figure, rows = only(people, query, WEIGHTED), people.rows(query, WEIGHTED, None)

    assert (figure.numerator, figure.denominator, figure.value) == (Decimal("3.5"), 2, Decimal("1.75"))
    assert sorted((row["tier"], row["weight"], row["numerator"]) for row in rows if "client" in row) == [
        ("", "1", "1"),
        ("gold", "2.5", "2.5"),
        ("silver", "0", "0"),
    ]
    assert only(people, query, WORKLOAD).value == Decimal("1.5")


def test_a_leader_with_clients_is_an_account_manager_too(agency):
    leader = MemberFactory(role=Role.LEADER)
    managed(leader)

    assert values(people, ask("2026-05"), WORKLOAD) == {None: 1}
    assert values(people, ask("2026-05", by="am"), WORKLOAD) == {leader.book_id: 1}


@pytest.mark.parametrize(
    ("fields", "managers"),
    [
        ({}, 2),
        ({"is_carrying_clients": False}, 1),
        ({"role": Role.VIEWER}, 1),
        ({"starts_on": date(2026, 6, 1)}, 1),
        ({"starts_on": date(2026, 5, 31)}, 2),
        ({"ends_on": date(2026, 5, 31)}, 1),
        ({"is_active": False}, 1),
        ({"is_active": False, "ends_on": date(2026, 6, 1)}, 2),
    ],
)
def test_members_without_clients_count_if_they_should_carry_some(agency, fields, managers):
    managed(MemberFactory())
    MemberFactory(**fields)

    assert only(people, ask("2026-05"), WORKLOAD).denominator == managers


def test_secondary_managers_are_not_counted(agency):
    member, helper = MemberFactory(), MemberFactory(role=Role.LEADER)
    AssignmentFactory(client=managed(member), member=helper, role="secondary")

    assert values(people, ask("2026-05", by="am"), WORKLOAD) == {member.book_id: 1}


def test_clients_of_a_member_who_left_are_unassigned(agency):
    left, stays = MemberFactory(ends_on=date(2026, 5, 31)), MemberFactory()
    managed(left)
    managed(stays)

    figures = people.compute(ask("2026-05", by="am"), [WORKLOAD])[WORKLOAD]

    assert {key: (figure.numerator, figure.value, figure.reason) for key, figure in figures.items()} == {
        stays.book_id: (1, 1, None),
        "unassigned": (1, None, "no_account_managers"),
    }
    assert values(people, ask("2026-05"), WORKLOAD) == {None: 2}


def test_workload_of_a_longer_period_is_the_mean_of_its_month_ends(agency):
    member, joins = MemberFactory(), MemberFactory(starts_on=date(2026, 6, 1))
    managed(member, line_ends_on=date(2026, 6, 1))
    managed(member)
    managed(joins, starts_on=date(2026, 6, 1))

    agency_figure = only(people, ask("2026Q2"), WORKLOAD)

    # In April and May three clients, one of them without a manager, and one manager; in June two and two.
    assert agency_figure.value == Decimal(3 + 3 + 1) / 3
    assert values(people, ask("2026Q2", by="am"), WORKLOAD) == {
        member.book_id: Decimal(2 + 2 + 1) / 3,
        joins.book_id: 1,
        "unassigned": None,
    }


@pytest.mark.parametrize(
    ("period", "as_of", "days"),
    [
        ("2026-05", date(2026, 12, 31), ["2026-05-31"]),
        ("2026-05", date(2026, 5, 10), ["2026-05-10"]),
        ("2026Q2", date(2026, 5, 10), ["2026-04-30"]),
        ("2026-05-15..2026-07-15", date(2026, 12, 31), ["2026-05-31", "2026-06-30"]),
        ("2026-05-02..2026-05-30", date(2026, 12, 31), ["2026-05-29"]),
    ],
)
def test_month_ends_of_a_period(period, as_of, days):
    assert [day.isoformat() for day in people.month_ends(ask(period, as_of=as_of))] == days


@pytest.mark.parametrize("period", ["2026-05", "2026Q2"])
@pytest.mark.parametrize("by", ["agency", "am"])
def test_the_rows_behind_the_workload_add_up_to_it(agency, period, by):
    member, other = MemberFactory(), MemberFactory(starts_on=date(2026, 6, 1))
    for _ in range(3):
        managed(member)
    managed(other, starts_on=date(2026, 6, 1))
    query = ask(period, by=by)

    for key, figure in people.compute(query, [WORKLOAD])[WORKLOAD].items():
        rows = people.rows(query, WORKLOAD, key)

        assert sum(Decimal(row.get("numerator", 0)) for row in rows) == figure.numerator
        assert sum(row.get("denominator", 0) for row in rows) == figure.denominator
        assert figure.value is None or figure.value == figure.numerator / figure.denominator


def test_confidence_is_the_mean_of_each_managers_latest_rating(agency):
    first, second = MemberFactory(), MemberFactory()
    pulse(first, 2, "2026-05-02")
    pulse(first, 9, "2026-05-20")
    pulse(second, 6, "2026-05-03")
    pulse(second, 1, "2026-06-01")

    figure = only(people, ask("2026-05"), CONFIDENCE)
    rows = people.rows(ask("2026-05"), CONFIDENCE, None)

    assert (figure.value, figure.numerator, figure.denominator, figure.n) == (Decimal("7.5"), 15, 2, 2)
    assert figure.extra == {"confident": Decimal("0.5")}
    assert sorted(row["numerator"] for row in rows) == ["6", "9"]


def test_confidence_leaves_out_ratings_of_one_client(agency):
    member = MemberFactory()
    pulse(member, 8)
    SurveyResponseFactory(
        survey=SurveyFactory(kind="pulse", scale_min=1),
        score=2,
        member=member,
        answered_at=at("2026-05-20T12:00Z"),
    )

    assert values(people, ask("2026-05"), CONFIDENCE) == {None: 8}


def test_confidence_knows_the_member_by_the_invitation(agency):
    member = MemberFactory()
    for score, day in ((3, "2026-05-02"), (7, "2026-05-03")):
        invitation = SurveyInvitationFactory(
            survey__kind="pulse", survey__scale_min=1, client=None, member=member
        )
        pulse(None, score, day, invitation=invitation)

    assert only(people, ask("2026-05"), CONFIDENCE).n == 1


def test_ratings_on_another_scale_are_stretched(agency):
    pulse(MemberFactory(), 3, scale_max=5)

    assert values(people, ask("2026-05"), CONFIDENCE) == {None: Decimal("5.5")}


def test_one_managers_confidence_is_hidden(agency):
    member = MemberFactory()
    pulse(member, 3)
    query = ask("2026-05", by="am")

    figures = people.compute(query, [CONFIDENCE])[CONFIDENCE]

    assert figures == {member.book_id: people.Figure(None, None, 1, None, reason="too_few_answers")}
    assert people.rows(query, CONFIDENCE, member.book_id) == []


@pytest.mark.parametrize("by", ["segment", "client", "service"])
def test_people_have_no_other_slices(agency, by):
    member = MemberFactory()
    managed(member)
    pulse(member, 8)

    assert people.compute(ask("2026-05", by=by), people.KEYS) == {}
    assert people.rows(ask("2026-05", by=by), WORKLOAD, None) == []
