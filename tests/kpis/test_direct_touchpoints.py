from datetime import date
from decimal import Decimal

import pytest

from agencyam.tenancy.context import tenant_context
from kpis.direct import touchpoints
from tests.factories.clients import (
    AssignmentFactory,
    ClientFactory,
    ContractLineFactory,
    LinePauseFactory,
    TouchpointFactory,
)
from tests.kpis.asking import ask, at, only, values

MEAN, COVERAGE = touchpoints.KEYS


@pytest.fixture
def noise(other_agency):
    """Another agency that talks a lot in the same months."""
    with tenant_context(other_agency):
        client = paying()
        for _ in range(9):
            talk(client, "2026-05-05")


@pytest.fixture
def agency(noise, agency):
    return agency


def paying(starts_on=date(2025, 1, 1), ends_on=None, **client):
    return ContractLineFactory(client=ClientFactory(**client), starts_on=starts_on, ends_on=ends_on).client


def talk(client, day, **more):
    return TouchpointFactory(client=client, occurred_at=at(day if "T" in day else f"{day}T12:00Z"), **more)


def test_the_mean_and_the_coverage_of_a_month(agency):
    busy, covered, thin, silent = (paying() for _ in range(4))
    for client, count in ((busy, 5), (covered, 2), (thin, 1)):
        for _ in range(count):
            talk(client, "2026-05-05", direction="upstream")
    talk(silent, "2026-05-05", status="cancelled")
    talk(silent, "2026-04-30")

    mean, coverage = (only(touchpoints, ask("2026-05"), key) for key in touchpoints.KEYS)

    assert (mean.numerator, mean.denominator, mean.n, mean.value) == (8, 4, 4, 2)
    assert mean.extra == {"upstream": 8, "downstream": 0}
    assert (coverage.numerator, coverage.denominator, coverage.value) == (2, 4, Decimal("0.5"))
    assert coverage.extra == {"overserved": Decimal("0.25")}


def test_what_is_enough_follows_the_cadence_of_the_tier(agency):
    gold, plain = paying(tier="gold"), paying()
    for client, count in ((gold, 4), (plain, 1)):
        for _ in range(count):
            talk(client, "2026-05-05")

    query = ask("2026-05", cadence={"": [1, 1], "gold": [5, 6]})
    figure, rows = only(touchpoints, query, COVERAGE), touchpoints.rows(query, COVERAGE, None)

    assert (figure.numerator, figure.denominator, figure.extra) == (1, 2, {"overserved": 0})
    assert {(row["client"], row["touchpoints"], row["enough"], row["numerator"]) for row in rows} == {
        (gold.book_id, 4, 5, 0),
        (plain.book_id, 1, 1, 1),
    }


def test_a_segment_has_its_own_cadence_unless_the_tier_has_one(agency):
    gold, retail = paying(tier="gold", segment="Retail"), paying(segment="Retail")
    for client in (gold, retail, paying()):
        for _ in range(3):
            talk(client, "2026-05-05")

    query = ask("2026-05", cadence={"": [4, 4], "gold": [3, 6], "segment:Retail": [1, 2]})
    figure, rows = only(touchpoints, query, COVERAGE), touchpoints.rows(query, COVERAGE, None)

    assert (figure.numerator, figure.denominator, figure.extra) == (2, 3, {"overserved": Decimal(1) / 3})
    assert sorted((row["enough"], row["numerator"]) for row in rows) == [(1, 1), (3, 1), (4, 0)]
    assert {row["enough"] for row in rows if row["client"] == gold.book_id} == {3}


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "months"),
    [
        pytest.param(date(2026, 5, 17), None, 1, id="15 days to the end"),
        pytest.param(date(2026, 5, 18), None, 0, id="14 days to the end"),
        pytest.param(date(2026, 1, 1), date(2026, 5, 16), 1, id="15 days from the start"),
        pytest.param(date(2026, 1, 1), date(2026, 5, 15), 0, id="14 days from the start"),
    ],
)
def test_a_client_month_needs_fifteen_active_days(agency, starts_on, ends_on, months):
    paying(starts_on, ends_on)

    assert len(touchpoints.rows(ask("2026-05"), COVERAGE, None)) == months


def test_active_days_of_one_month_add_up_over_a_gap(agency):
    client = paying(date(2026, 1, 1), date(2026, 5, 9))
    ContractLineFactory(client=client, starts_on=date(2026, 5, 25))

    assert len(touchpoints.rows(ask("2026-05"), COVERAGE, None)) == 1


def test_a_paused_client_is_active_until_the_longest_pause(agency):
    LinePauseFactory(line=ContractLineFactory(starts_on=date(2025, 1, 1)), starts_on=date(2026, 4, 1))

    long, short = (ask("2026-05", max_pause_days=days) for days in (45, 44))

    assert len(touchpoints.rows(long, COVERAGE, None)) == 1
    assert len(touchpoints.rows(short, COVERAGE, None)) == 0


def test_each_month_of_a_longer_period_counts_by_itself(agency):
    client = paying()
    for day in ("2026-04-05", "2026-04-06", "2026-05-05", "2026-06-29", "2026-06-30"):
        talk(client, day)

    coverage = only(touchpoints, ask("2026Q2"), COVERAGE)

    assert (coverage.numerator, coverage.denominator) == (2, 3)
    assert [row["month"] for row in touchpoints.rows(ask("2026Q2"), COVERAGE, None)] == [
        "2026-04-01",
        "2026-05-01",
        "2026-06-01",
    ]


def test_months_are_counted_as_far_as_they_lie_in_the_period(agency):
    paying()

    trailing = touchpoints.rows(ask("ttm", as_of=date(2026, 5, 20)), COVERAGE, None)

    assert [trailing[0]["month"], trailing[-1]["month"], len(trailing)] == ["2025-06-01", "2026-05-01", 12]


def test_a_month_that_has_just_begun_has_no_client_months_yet(agency):
    talk(paying(), "2026-05-05")

    figures = touchpoints.compute(ask("2026-05", as_of=date(2026, 5, 14)), touchpoints.KEYS)

    assert figures[COVERAGE] == {}
    assert (figures[MEAN][None].value, figures[MEAN][None].reason) == (None, "no_client_months")
    assert values(touchpoints, ask("2026-05", as_of=date(2026, 5, 15)), MEAN) == {None: 1}


def test_a_conversation_falls_on_the_agencys_local_day(agency):
    talk(paying(), "2026-05-31T22:30Z")

    assert values(touchpoints, ask("2026-05"), MEAN) == {None: 1}
    assert values(touchpoints, ask("2026-05", time_zone="Europe/Paris"), MEAN) == {None: 0}
    assert only(touchpoints, ask("2026-06", time_zone="Europe/Paris"), MEAN).numerator == 1


def test_conversations_fall_to_the_manager_of_their_day_and_months_to_that_of_the_last(agency):
    client = paying(ends_on=date(2026, 5, 21), segment="Retail")
    first = AssignmentFactory(client=client, starts_on=date(2026, 1, 1), ends_on=date(2026, 5, 10)).member
    second = AssignmentFactory(client=client, starts_on=date(2026, 5, 10), ends_on=date(2026, 5, 21)).member
    talk(client, "2026-05-09")
    talk(client, "2026-05-10")
    paying()

    figures = touchpoints.compute(ask("2026-05", by="am"), touchpoints.KEYS)

    assert {key: (figure.numerator, figure.denominator) for key, figure in figures[MEAN].items()} == {
        first.book_id: (1, 0),
        second.book_id: (1, 1),
        "unassigned": (0, 1),
    }
    assert {key: (figure.numerator, figure.denominator) for key, figure in figures[COVERAGE].items()} == {
        second.book_id: (1, 1),
        "unassigned": (0, 1),
    }
    assert values(touchpoints, ask("2026-05", by="segment"), COVERAGE) == {"Retail": 1, "unassigned": 0}
    assert values(touchpoints, ask("2026-05", by="client"), COVERAGE)[client.book_id] == 1


@pytest.mark.parametrize("key", touchpoints.KEYS)
def test_the_rows_behind_a_figure_add_up_to_it(agency, key):
    client = paying()
    for _ in range(3):
        talk(client, "2026-05-05")
    talk(paying(), "2026-05-05")
    query = ask("2026-05")

    figure, rows = only(touchpoints, query, key), touchpoints.rows(query, key, None)

    assert sum(row["numerator"] for row in rows) == figure.numerator
    assert sum(row["denominator"] for row in rows) == figure.denominator


def test_touch_points_have_no_service(agency):
    talk(paying(), "2026-05-05")
    query = ask("2026-05", by="service")

    assert touchpoints.compute(query, touchpoints.KEYS) == {}
    assert touchpoints.rows(query, MEAN, None) == []
