"""A client's team is that of its primary account manager on the day."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from kpis.direct import people, touchpoints
from tests.factories.accounts import MemberFactory, TeamFactory, TeamMembershipFactory
from tests.factories.clients import AssignmentFactory, SurveyFactory, SurveyResponseFactory, TouchpointFactory
from tests.kpis.asking import ask, at
from tests.kpis.asking import values as family_values
from tests.kpis.books import by_slice, client, line

pytestmark = pytest.mark.usefixtures("agency")

MARCH = "2026-03"


@pytest.fixture
def anna():
    return MemberFactory(book_id="anna", name="Anna")


@pytest.fixture
def north():
    return TeamFactory(book_id="north", name="North")


@pytest.fixture
def south():
    return TeamFactory(book_id="south", name="South")


def test_team_change_of_the_manager_is_a_transfer_between_teams(anna, north, south):
    line("a", 100, "2025-01-01")
    AssignmentFactory(client=client("a"), member=anna, starts_on=date(2025, 1, 1))
    TeamMembershipFactory(team=north, member=anna, starts_on=date(2025, 1, 1), ends_on=date(2026, 3, 10))
    TeamMembershipFactory(team=south, member=anna, starts_on=date(2026, 3, 10))

    assert by_slice(MARCH, "opening_mrr", by="team") == {"north": 100, "south": 0}
    assert by_slice(MARCH, "mrr", by="team") == {"north": 0, "south": 100}
    assert by_slice(MARCH, "new_mrr", by="team") == {"north": 0, "south": 0}


def test_client_whose_manager_is_in_no_team_is_unassigned(anna, north):
    line("a", 100, "2025-01-01")
    AssignmentFactory(client=client("a"), member=anna, starts_on=date(2025, 1, 1))

    assert by_slice(MARCH, "mrr", by="team") == {"unassigned": 100}


def test_touchpoint_belongs_to_the_team_of_its_day(anna, north, south):
    line("a", 100, "2025-01-01")
    AssignmentFactory(client=client("a"), member=anna, starts_on=date(2025, 1, 1))
    TeamMembershipFactory(team=north, member=anna, starts_on=date(2025, 1, 1), ends_on=date(2026, 3, 10))
    TeamMembershipFactory(team=south, member=anna, starts_on=date(2026, 3, 10))
    TouchpointFactory(client=client("a"), occurred_at=datetime.fromisoformat("2026-03-09T10:00:00+00:00"))

    figures = touchpoints.compute(ask(MARCH, by="team"), ["touchpoints_per_client_month"])

    assert figures["touchpoints_per_client_month"]["north"].numerator == 1
    assert figures["touchpoints_per_client_month"]["south"].numerator == 0


def test_workload_of_a_team_divides_by_its_managers(anna, north):
    ben = MemberFactory(book_id="ben", is_carrying_clients=True)
    for member in (anna, ben):
        TeamMembershipFactory(team=north, member=member, starts_on=date(2025, 1, 1))
    for name in ("a", "b", "c"):
        line(name, 100, "2025-01-01")
        AssignmentFactory(client=client(name), member=anna, starts_on=date(2025, 1, 1))

    assert family_values(people, ask(MARCH, by="team"), "am_workload") == {"north": Decimal("1.5")}


def test_confidence_of_a_team_is_hidden_below_three_answers(north, south):
    survey = SurveyFactory(kind="pulse", scale_min=1, scale_max=10)
    for number, score in enumerate((6, 8, 10, 2)):
        member = MemberFactory(book_id=f"member-{number}")
        team = south if number == 3 else north
        TeamMembershipFactory(team=team, member=member, starts_on=date(2025, 1, 1))
        SurveyResponseFactory(
            survey=survey,
            client=None,
            contact=None,
            member=member,
            score=score,
            answered_at=at("2026-03-05T09:00+00:00"),
        )

    query = ask(MARCH, by="team")

    assert family_values(people, query, "am_confidence") == {"north": Decimal(8), "south": None}
    assert len(people.rows(query, "am_confidence", "north")) == 3
    assert people.rows(query, "am_confidence", "south") == []
