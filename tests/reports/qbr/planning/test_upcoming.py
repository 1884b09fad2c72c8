"""When the next drafts come: the list, the page that changes it for one client, and the panel on the client's page."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.moment import Moment
from agencyam.periods import Period
from reports.models import QBRPlan, QBRTemplate
from reports.qbr.planning import services as plan_services
from reports.qbr.planning.scheduling import list_due
from reports.qbr.planning.upcoming import get_next_draft, list_next_drafts
from tests.factories.accounts import LeaderFactory, MemberFactory, OwnerFactory, ViewerFactory
from tests.factories.clients import AssignmentFactory, ClientFactory, ContractLineFactory
from tests.queries import queries_of
from tests.reports import books

FOURTH = Period(date(2026, 10, 1), date(2027, 1, 1))
NOTHING = {
    "template": None,
    "paper": "",
    "language": "",
    "send_after_business_days": None,
    "is_paused": False,
}


@pytest.fixture(autouse=True)
def on_monday():
    """Monday 5 October 2026, when the drafts of the third quarter are due."""
    with time_machine.travel(datetime(2026, 10, 5, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def settings(agency):
    QBRTemplate.objects.create(tier="A", is_scheduled=True, send_after_business_days=3)
    return books.make_settings()


@pytest.fixture
def manager(settings):
    return MemberFactory(name="Ana Okafor")


def make_client(name="Northwind", starts_on=date(2026, 1, 1), **fields):
    client = ClientFactory(name=name, **{"tier": "A", **fields})
    if starts_on:
        ContractLineFactory(client=client, starts_on=starts_on)
    return client


def moment(settings, now=books.NOW):
    return Moment(now=now, today=now.date(), settings=settings)


def told(settings, user, now=books.NOW):
    drafts = list_next_drafts(user=user, moment=moment(settings, now))
    return [
        (draft.client.name, draft.quarter.label if draft.quarter else "", draft.due_on, draft.why)
        for draft in drafts
    ]


def test_the_next_draft_is_told_with_its_day_or_the_reason_why_none_comes(settings, manager):
    make_client("Missing")
    books.make_draft(make_client("Has one"))
    make_client("Another tier", tier="B")
    make_client("Without a contract", starts_on=None)
    QBRPlan.objects.create(client=make_client("Paused"), is_paused=True)
    QBRPlan.objects.create(client=make_client("Later"), send_after_business_days=10)

    assert told(settings, manager) == [
        ("Missing", "Q3 2026", date(2026, 10, 5), ""),
        ("Later", "Q3 2026", date(2026, 10, 14), ""),
        ("Has one", "Q4 2026", date(2027, 1, 5), ""),
        ("Another tier", "", None, "When somebody asks"),
        ("Paused", "", None, "Paused"),
        ("Without a contract", "", None, "No contract runs"),
    ]


def test_a_draft_that_somebody_made_before_its_day_is_there(settings, manager):
    client = make_client()
    books.make_draft(client)
    books.stages.create_draft(client=client, period=FOURTH, by=None, today=books.TODAY)

    assert told(settings, manager) == [("Northwind", "", None, "There already")]


def test_the_quarter_is_that_of_the_clients_own_zone(settings, manager):
    make_client("Auckland", time_zone="Pacific/Auckland")
    make_client("Los Angeles", time_zone="America/Los_Angeles")

    on_the_border = told(settings, manager, datetime(2026, 9, 30, 20, tzinfo=UTC))

    # In Auckland the third quarter is over already; in Los Angeles the second one is still the latest.
    assert on_the_border == [
        ("Los Angeles", "Q2 2026", date(2026, 7, 3), ""),
        ("Auckland", "Q3 2026", date(2026, 10, 5), ""),
    ]


def test_what_the_list_calls_due_is_what_the_night_makes(settings, manager):
    for name, zone in (
        ("Auckland", "Pacific/Auckland"),
        ("Berlin", ""),
        ("Los Angeles", "America/Los_Angeles"),
    ):
        make_client(name, time_zone=zone)

    for hour in (0, 3, 8):
        now = datetime(2026, 10, 5, hour, tzinfo=UTC)
        drafts = list_next_drafts(user=manager, moment=moment(settings, now))
        due = {draft.client.name for draft in drafts if draft.is_due}
        assert due == {client.name for client, _ in list_due(now=now, settings=settings)}


def test_a_private_portfolio_is_ones_own(settings, manager):
    own = make_client("Own")
    AssignmentFactory(client=own, member=manager, starts_on=date(2025, 1, 1))
    make_client("Other")
    books.make_settings(is_portfolio_private=True)

    assert [name for name, *_ in told(settings, manager)] == ["Own"]


def test_the_list_asks_as_much_for_one_client_as_for_thirty(sign_in, manager):
    browser = sign_in(manager)
    make_client()
    few = len(queries_of(lambda: browser.get(reverse("reports:plan-list"))))
    for _ in range(30):
        QBRPlan.objects.create(client=make_client(), paper="letter")

    many = len(queries_of(lambda: browser.get(reverse("reports:plan-list"))))

    assert many == few


def test_a_clients_plan_is_changed_and_noted(sign_in, manager):
    client = make_client()
    form = {"is_paused": "on", "language": "de", "paper": "letter", "send_after_business_days": "7"}

    answer = sign_in(manager).post(reverse("reports:plan-change", args=[client.pk]), form)

    plan = QBRPlan.objects.get(client=client)
    assert (answer.status_code, answer.url) == (302, reverse("reports:plan-list"))
    assert (plan.is_paused, plan.language, plan.paper, plan.send_after_business_days) == (
        True,
        "de",
        "letter",
        7,
    )
    event = AuditEvent.objects.get(action="qbrplan.save")
    assert (event.actor, event.changes["client"], event.changes["language"]) == (
        manager,
        "Northwind",
        ["", "de"],
    )


def test_empty_means_as_in_the_template_again(sign_in, manager, settings):
    client = make_client()
    QBRPlan.objects.create(client=client, is_paused=True, language="de", send_after_business_days=7)

    sign_in(manager).post(reverse("reports:plan-change", args=[client.pk]), {})

    draft = get_next_draft(client=client, moment=moment(settings))
    assert (draft.due_on, draft.plan.language) == (date(2026, 10, 5), "en")


@pytest.mark.parametrize("days", ["0", "41", "soon"])
def test_a_day_out_of_reach_is_named(sign_in, manager, days):
    client = make_client()

    answer = sign_in(manager).post(
        reverse("reports:plan-change", args=[client.pk]), {"send_after_business_days": days}
    )

    assert (answer.status_code, QBRPlan.objects.count()) == (422, 0)


def test_a_template_that_lets_people_approve_their_own_is_the_owners_choice(settings):
    relaxed = QBRTemplate.objects.create(tier="B", is_own_approval_allowed=True)
    client, choices = make_client(), {**NOTHING, "template": relaxed}

    with pytest.raises(plan_services.CannotChangePlan, match="Only owners"):
        plan_services.save_plan(client=client, choices=choices, by=LeaderFactory())

    assert plan_services.save_plan(client=client, choices=choices, by=OwnerFactory()).template == relaxed
    again = plan_services.save_plan(client=client, choices=choices, by=LeaderFactory())
    assert again.template == relaxed


def test_a_viewer_reads_the_list_and_changes_nothing(sign_in, settings):
    client, browser = make_client(), sign_in(ViewerFactory())

    page = browser.get(reverse("reports:plan-list"))
    change = browser.get(reverse("reports:plan-change", args=[client.pk]))

    assert (page.status_code, "Change" in page.text, change.status_code) == (200, False, 403)


def test_the_clients_page_shows_the_latest_review_and_the_next_draft(sign_in, manager):
    client = make_client()
    qbr = books.make_draft(client)

    page = sign_in(manager).get(reverse("clients:client-detail", args=[client.pk]))

    (panel,) = [
        each.content for each in page.context["panels"] if each.template == "reports/client_panel.html"
    ]
    assert (panel.latest, panel.next.due_on, panel.may_change) == (qbr, date(2027, 1, 5), True)
    assert reverse("reports:plan-change", args=[client.pk]) in page.text
