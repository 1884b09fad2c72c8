"""The first page: what waits for a member, in one order and in groups; steps are done and moved in place."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.contrib.messages import get_messages

from accounts.services.settings import update_settings
from agencyam.tenancy.context import tenant_context
from clients.models import ActionItem
from tests.factories.accounts import LeaderFactory, MemberFactory, ViewerFactory
from tests.factories.clients import ActionItemFactory, AssignmentFactory, ClientFactory, ContractLineFactory
from tests.queries import queries_of

NOW = datetime(2025, 6, 4, 12, tzinfo=UTC)  # a Wednesday
TODAY = NOW.date()
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _june(agency):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ada():
    return MemberFactory(name="Ada")


@pytest.fixture
def northern(ada):
    return own_client(ada, "Northern Lights")


def own_client(member, name, mrr=None, role="primary"):
    client = ClientFactory(name=name)
    AssignmentFactory(client=client, member=member, role=role)
    if mrr is not None:
        ContractLineFactory(client=client, amount=Decimal(mrr))
    return client


def step(client, owner, title="Send the plan", due=0, **about):
    """A step of ours that is due so many days from today."""
    due_on = None if due is None else TODAY + timedelta(days=due)
    return ActionItemFactory(client=client, owner=owner, title=title, due_on=due_on, **about)


def day_of(browser):
    return browser.get("/").context["day"]


def titles(rows):
    return [row.title for row in rows]


def address(action, verb):
    return f"/clients/{action.client_id}/steps/{action.pk}/{verb}/"


def words(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_steps_stand_in_groups_with_why_in_words(sign_in, ada, northern):
    step(northern, ada, "Late", due=-3)
    step(northern, ada, "Now", due=0)
    step(northern, ada, "Soon", due=2)
    step(northern, ada, "Next week", due=7)
    step(northern, ada, "Some day", due=None)
    step(northern, ada, "Far away", due=8)
    step(northern, ada, "Done", done_on=TODAY)
    step(northern, ada, "Done long ago", done_on=TODAY - timedelta(days=1))

    day = day_of(sign_in(ada))

    assert [(row.title, row.why) for row in day.overdue] == [("Late", "3 days late")]
    assert [(row.title, row.why) for row in day.due] == [("Now", "Due today")]
    assert [(row.title, row.why) for row in day.upcoming] == [
        ("Soon", "Due Friday"),
        ("Next week", "Due 11 Jun"),
        ("Some day", "No day yet"),
    ]
    assert titles(day.done) == ["Done"]
    assert day.progress == "1 of 3 done"


def test_between_equals_the_client_that_is_worth_most_comes_first(sign_in, ada):
    for name, mrr in (("Small", 100), ("Large", 900), ("Middle", 500)):
        step(own_client(ada, name, mrr), ada)

    day = day_of(sign_in(ada))

    assert [row.client_name for row in day.due] == ["Large", "Middle", "Small"]


def test_ones_own_are_those_one_owns_and_those_nobody_owns_where_one_leads(sign_in, ada, northern):
    second = own_client(ada, "Only second", role="secondary")
    step(northern, MemberFactory(), "Somebody else's")
    step(northern, None, "Nobody's")
    step(northern, None, "The client's", is_ours=False)
    step(second, None, "Nobody's, led by another")
    step(ClientFactory(), ada, "Mine at another's client")
    step(ClientFactory(archived_on=TODAY), ada, "Of a client that left")

    day = day_of(sign_in(ada))

    assert sorted(titles(day.due)) == ["Mine at another's client", "Nobody's"]


def test_a_private_portfolio_hides_steps_at_clients_of_others(sign_in, ada, northern):
    update_settings(by=None, is_portfolio_private=True)
    hidden = step(ClientFactory(), ada, "Mine at another's client")
    step(northern, ada, "Mine")
    browser = sign_in(ada)

    assert titles(day_of(browser).due) == ["Mine"]
    assert [browser.post(address(hidden, verb)).status_code for verb in ("done", "reopen", "move")] == [
        404
    ] * 3


def test_steps_of_another_agency_do_not_show(sign_in, ada, northern, other_agency):
    browser = sign_in(ada)
    with tenant_context(other_agency):
        step(ClientFactory(), MemberFactory(pk=ada.pk, book_id="other"), "Theirs")

    assert day_of(browser).total == 0


def test_a_leader_sees_their_own_day_only(sign_in, ada, northern):
    step(northern, ada, "Ada's")
    leader = LeaderFactory()
    step(northern, leader, "Grace's")

    assert titles(day_of(sign_in(leader)).due) == ["Grace's"]


def test_who_owns_nothing_is_shown_the_way_on(sign_in, ada, northern):
    step(northern, ada)

    page = sign_in(ViewerFactory()).get("/").content.decode()

    assert "Nothing waits for you" in page
    assert [link for link in ('href="/kpis/"', 'href="/clients/"') if link not in page] == []


def test_all_clear_names_what_comes_next_and_when(sign_in, ada, northern):
    step(northern, ada, "Hold the workshop", due=1)
    step(northern, ada, "Much later", due=40)

    page = sign_in(ada).get("/").content.decode()

    assert "All clear." in page
    assert "Next: Hold the workshop for Northern Lights, tomorrow." in page


@pytest.mark.parametrize(
    ("due", "when"), [(2, "on Friday"), (9, "on 13 Jun"), (220, "on 10 Jan 2026"), (None, "")]
)
def test_the_next_day_is_named_as_people_do(sign_in, ada, northern, due, when):
    step(northern, ada, "Call", due=due)

    sentence = day_of(sign_in(ada)).next_sentence

    assert sentence == (f"Next: Call for Northern Lights, {when}." if when else "")


def test_a_clear_day_without_anything_to_come_says_so(sign_in, ada, northern):
    assert "Nothing is to come in the next days either." in sign_in(ada).get("/").content.decode()


def test_done_in_place_takes_the_row_and_offers_undo(sign_in, ada, northern):
    action = step(northern, ada)

    response = sign_in(ada).post(address(action, "done"), headers=HTMX)

    assert (response.status_code, response.content) == (200, b"")
    assert json.loads(response["HX-Trigger"]) == {
        "toast": {"text": "Done.", "undo": address(action, "reopen")},
        "day-changed": True,
    }
    action.refresh_from_db()
    assert action.done_on == TODAY


def test_done_and_undone_without_script(sign_in, ada, northern):
    action = step(northern, ada)
    browser = sign_in(ada)

    done = browser.post(address(action, "done"))
    after_done = day_of(browser)
    undone = browser.post(address(action, "reopen"))
    after_undo = day_of(browser)

    assert (done["Location"], undone["Location"]) == ("/", "/")
    assert (titles(after_done.due), titles(after_done.done)) == ([], ["Send the plan"])
    assert (titles(after_undo.due), titles(after_undo.done)) == (["Send the plan"], [])


@pytest.mark.parametrize(("verb", "done_on"), [("done", TODAY), ("reopen", None)])
def test_who_comes_second_is_told(sign_in, ada, northern, verb, done_on):
    action = step(northern, ada, done_on=done_on)
    browser = sign_in(ada)

    in_place, plain = browser.post(address(action, verb), headers=HTMX), browser.post(address(action, verb))

    state = "done" if verb == "done" else "open"
    assert json.loads(in_place["HX-Trigger"])["toast"] == {"text": f"“Send the plan” is {state} already."}
    assert (plain["Location"], words(plain)) == ("/", [f"“Send the plan” is {state} already."])


def test_a_new_day_needs_a_day_to_come(sign_in, ada, northern):
    action = step(northern, ada)
    browser = sign_in(ada)

    refused = [
        browser.post(address(action, "move"), {"due_on": day}, headers=HTMX).status_code
        for day in ("", "soon", "2025-06-04", "2027-01-01")
    ]
    moved = browser.post(address(action, "move"), {"due_on": "2025-06-06"}, headers=HTMX)

    assert refused == [422] * 4
    assert moved.status_code == 204
    assert set(json.loads(moved["HX-Trigger"])) == {"dialog-close", "toast", "day-changed"}
    action.refresh_from_db()
    assert action.due_on == date(2025, 6, 6)


def test_a_new_day_without_script_is_a_page(sign_in, ada, northern):
    action = step(northern, ada)
    browser = sign_in(ada)

    form = browser.get(address(action, "move"))
    moved = browser.post(address(action, "move"), {"due_on": "2025-06-06"})

    assert 'min="2025-06-05"' in form.content.decode()
    assert (moved["Location"], words(moved)) == ("/", ["“Send the plan” is due on 6 June 2025."])


def test_a_step_of_the_client_is_not_ours_to_do(sign_in, ada, northern):
    theirs = step(northern, None, is_ours=False)

    assert sign_in(ada).post(address(theirs, "done")).status_code == 404


def test_who_reads_only_gets_no_buttons(sign_in):
    viewer = ViewerFactory()
    step(own_client(viewer, "Read"), viewer)

    (row,) = day_of(sign_in(viewer)).due

    assert (row.done_url, row.later_url) == ("", "")


def test_a_fragment_is_the_day_alone(sign_in, ada, northern):
    page = sign_in(ada).get("/", headers=HTMX).content.decode()

    assert page.lstrip().startswith('<div id="my-day"')


def test_the_day_is_the_first_page_of_the_menu(sign_in, ada):
    navigation = sign_in(ada).get("/").context["navigation"]

    assert [(item.label, item.is_current) for item in navigation][:2] == [
        ("My day", True),
        ("Clients", False),
    ]


def test_a_day_costs_the_same_queries_at_1_and_at_30_rows(sign_in, ada, northern):
    browser = sign_in(ada)
    step(northern, ada)
    browser.get("/")
    few = queries_of(lambda: browser.get("/"))
    for number in range(29):
        step(own_client(ada, f"Client {number}", 100), ada, due=number % 3 - 1)

    many = queries_of(lambda: browser.get("/"))

    assert ActionItem.objects.count() == 30
    assert len(many) == len(few)
