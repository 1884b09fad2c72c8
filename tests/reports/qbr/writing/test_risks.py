"""Risks and opportunities: only what both sides can see."""

from datetime import date, timedelta
from decimal import Decimal

from reports.qbr.printing.html import to_html
from tests.factories.clients import (
    ActionItemFactory,
    ContractLineFactory,
    DeliverableFactory,
    GoalFactory,
    OpportunityFactory,
    RetainerUsageFactory,
    ServiceFactory,
)
from tests.reports import books
from tests.reports.qbr.writing.documents import document_of


def test_risks_are_what_both_sides_can_see(client, settings):
    due = date(2026, 9, 20)
    DeliverableFactory(client=client, title="Film", baseline_due_on=due, delay_cause="ours")
    DeliverableFactory(client=client, title="Texts", baseline_due_on=due, delay_cause="client")
    DeliverableFactory(client=client, title="Done", baseline_due_on=due, delivered_on=due + timedelta(days=3))
    ActionItemFactory(client=client, title="Price list", due_on=date(2026, 10, 1), is_ours=False)
    GoalFactory(client=client, title="Grow", baseline=0, target=100, current=20, due_on=date(2026, 12, 1))
    GoalFactory(client=client, title="Later", baseline=0, target=100, current=20, due_on=date(2027, 12, 1))

    risks = document_of(client, settings).risks

    assert [(risk.what, risk.side) for risk in risks] == [
        ("“Film” is 15 days late", "Harbour & Finch"),
        ("“Texts” is 15 days late", "You"),
        ("“Price list” is 4 days late", "You"),
        ("Goal “Grow”: 20% of the way, due 1 Dec 2026", "Both"),
    ]


def test_a_client_without_trouble_has_no_risks_and_no_opportunities(client, settings):
    document = document_of(client, settings)

    assert (document.risks, document.opportunities) == ((), ())


def test_opportunities_name_sent_offers_and_what_the_numbers_suggest(settings):
    client = books.make_client()
    OpportunityFactory(client=client, name="Sell them the moon")

    opportunities = document_of(client, settings).opportunities

    assert [row.what for row in opportunities] == [
        "Creator programme 2027 (€36,000)",
        "Set the next goal after “Grow new customers”",
        "Agree days for what we need from you",
    ]
    assert opportunities[0].because == "Our proposal, sent 24 Sept 2026"


def test_hours_over_and_under_what_was_agreed_are_a_risk_and_a_chance(client, settings):
    for name, used in (("Search", 50), ("Social", 20)):
        line = ContractLineFactory(client=client, service=ServiceFactory(name=name))
        RetainerUsageFactory(
            line=line, month=date(2026, 8, 1), hours_budget=Decimal(40), hours_used=Decimal(used)
        )

    document = document_of(client, settings)

    assert [row.what for row in document.risks] == ["“Search” used 125% of the hours agreed"]
    assert [row.because for row in document.opportunities] == ["20 of 40 h were used"]


def test_a_goal_that_is_on_track_is_not_called_reached(client, settings):
    said = {"status": "on_track", "status_on": date(2026, 10, 1)}
    GoalFactory(client=client, title="Grow", baseline=0, target=100, current=60, **said)
    GoalFactory(client=client, title="Be known", status="achieved", status_on=date(2026, 10, 1))
    GoalFactory(client=client, title="Save", baseline=0, target=100, current=100)

    document = document_of(client, settings)

    assert [point for point in document.summary.went_well if "Goal" in point] == [
        "Goal reached: Be known.",
        "Goal reached: Save.",
    ]
    assert [(row.what, row.because) for row in document.opportunities] == [
        ("Set the next goal after “Be known”", "Reached"),
        ("Set the next goal after “Save”", "Reached: 100, the goal was 100"),
    ]


def test_steps_that_find_no_room_are_counted(client, settings):
    for number in range(20):
        ActionItemFactory(
            client=client, title=f"Step {number}", due_on=date(2026, 8, 1), done_on=date(2026, 8, 1)
        )
    ActionItemFactory.create_batch(15, client=client, due_on=date(2026, 11, 1))

    document = document_of(client, settings)

    assert (len(document.promises), document.more_promises) == (14, "And 6 more steps.")
    assert (len(document.next_steps), document.more_next_steps) == (14, "And 1 more step.")


def test_other_rows_that_find_no_room_are_counted_too(client, settings):
    GoalFactory.create_batch(23, client=client, baseline=0, target=10, current=10, due_on=date(2026, 8, 1))
    ContractLineFactory.create_batch(31, client=client, starts_on=date(2026, 1, 1))
    ActionItemFactory.create_batch(9, client=client, due_on=date(2026, 8, 1))

    document = document_of(client, settings)

    page = to_html(document, has_logo=False)
    assert (len(document.goals), document.more_goals) == (20, "And 3 more goals, in the account plan.")
    services = document.commercials
    assert (len(services.services), services.more_services) == (
        30,
        "And 1 more service, in your contracts.",
    )
    together = "which we will go through with you."
    assert (len(document.risks), document.more_risks) == (8, f"And 1 more point, {together}")
    assert (len(document.opportunities), document.more_opportunities) == (
        8,
        f"And 15 more points, {together}",
    )
    assert page.count('<p class="more">And') == 4
