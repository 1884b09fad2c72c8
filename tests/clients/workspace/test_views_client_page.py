"""A client's page: facts, story and next steps; its story filtered and paged by the address."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.services.settings import update_settings
from agencyam.tenancy.context import tenant_context
from tests.factories.accounts import LeaderFactory, MemberFactory, ViewerFactory
from tests.factories.clients import (
    ActionItemFactory,
    AssignmentFactory,
    ClientFactory,
    ContactFactory,
    ContractLineFactory,
    GoalFactory,
    LinePauseFactory,
    OneOffLineFactory,
    ProposalFactory,
    RequestFactory,
    SurveyResponseFactory,
    TouchpointFactory,
)
from tests.queries import queries_of

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _first_of_june():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client(agency):
    return ClientFactory(name="Northern Lights")


@pytest.fixture
def show(sign_in, client):
    """`show("?show=requests")` answers the page as text, as a leader sees it."""
    browser = sign_in(LeaderFactory())
    return lambda query="", **headers: browser.get(
        f"/clients/{client.pk}/{query}", headers=headers
    ).content.decode()


def fill(client, number=1):
    """Give a client so many rows of everything that its page shows."""
    for at in range(number):
        contact = ContactFactory(client=client)
        AssignmentFactory(client=client, role="secondary", member__password=None)
        ContractLineFactory(client=client, ends_on=date(2025, 9, 1))
        LinePauseFactory(line=ContractLineFactory(client=client), starts_on=date(2025, 5, 1))
        OneOffLineFactory(client=client, starts_on=date(2024, 1, 1), ends_on=date(2024, 6, 1))
        RequestFactory(client=client, contact=contact, member=MemberFactory(password=None))
        TouchpointFactory(client=client, contact=contact, member=MemberFactory(password=None))
        SurveyResponseFactory(client=client, contact=contact)
        ProposalFactory(client=client, status="sent", sent_at=NOW - timedelta(days=at), amount=Decimal(500))
        GoalFactory(client=client, current=Decimal(4), target=Decimal(10), due_on=date(2025, 12, 31))
        ActionItemFactory(client=client, owner=MemberFactory(password=None), is_ours=True)


def test_the_page_shows_facts_story_and_next_steps(show, client):
    fill(client)

    page = show()

    headings = ["Contacts", "Contracts", "Details", "Log a touchpoint", "Story", "Open requests", "Proposals"]
    missing = [words for words in [*headings, "Goals", "Next actions"] if f"<h2>{words}" not in page]
    assert missing == []
    assert "1 ended" in page
    assert "4.0 of 10.0 · due 31 Dec 2025" in page


def test_the_headline_names_what_has_waited_longest(show, client):
    RequestFactory(client=client, subject="The younger", opened_at=NOW - timedelta(days=1))
    RequestFactory(client=client, subject="The older", opened_at=NOW - timedelta(days=3))

    assert "Waiting for us since 29 May 2025: The older" in show()


def test_the_headline_names_a_contract_that_ends_soon(show, client):
    ContractLineFactory(client=client, service__name="Paid search", ends_on=date(2025, 6, 11))

    page = show()

    assert "Paid search ends in 9 days." in page
    assert "10 Jun 2025" in page


def test_a_new_client_has_a_page_that_says_so(show):
    page = show()

    sentences = [
        "Nothing is waiting for us.",
        "Nobody is known here yet.",
        "No running contract.",
        "Nothing here yet",
    ]
    assert [words for words in sentences if words not in page] == []


def test_money_of_other_currencies_without_a_rate_is_not_guessed(show, client):
    ContractLineFactory(client=client, currency="USD", amount=Decimal(700))

    tile = show().split(">MRR<")[1].split("</div>")[0]

    assert '<span class="figure">–</span>' in tile


@pytest.mark.parametrize(
    ("only", "shown"),
    [
        ("", ["Call", "A question", "9 of 10", "The offer"]),
        ("touchpoints", ["Call"]),
        ("requests", ["A question"]),
        ("surveys", ["9 of 10"]),
        ("proposals", ["The offer"]),
        ("nonsense", ["Call", "A question", "9 of 10", "The offer"]),
    ],
)
def test_the_story_is_filtered_by_the_address(sign_in, client, only, shown):
    TouchpointFactory(client=client, occurred_at=NOW - timedelta(hours=1))
    RequestFactory(client=client, subject="A question", opened_at=NOW - timedelta(hours=2))
    SurveyResponseFactory(client=client, answered_at=NOW - timedelta(hours=3))
    ProposalFactory(client=client, title="The offer", status="sent", sent_at=NOW - timedelta(hours=4))

    response = sign_in(LeaderFactory()).get(f"/clients/{client.pk}/?show={only}")

    assert [entry.title for entry in response.context["page"].timeline.entries] == shown


def test_the_story_is_paged(sign_in, client):
    for hour in range(26):
        TouchpointFactory(client=client, occurred_at=NOW - timedelta(hours=hour), summary=f"Hour {hour}")
    browser = sign_in(LeaderFactory())

    first = browser.get(f"/clients/{client.pk}/?show=touchpoints")
    second = browser.get(f"/clients/{client.pk}/?show=touchpoints&page=2")

    texts = [[entry.text for entry in page.context["page"].timeline.entries] for page in (first, second)]
    assert texts == [[f"Hour {hour}" for hour in range(25)], ["Hour 25"]]
    assert 'href="?show=touchpoints&amp;page=2"' in first.content.decode()
    assert 'href="?show=touchpoints&amp;page=1"' in second.content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "x", "999999", "9" * 30, "²"])
def test_a_page_of_the_story_that_cannot_be_shows_no_error(sign_in, client, page):
    assert sign_in(LeaderFactory()).get(f"/clients/{client.pk}/?page={page}").status_code == 200


def test_htmx_gets_the_story_alone(show, client):
    page = show("?show=requests", **HTMX).strip()

    assert page.startswith('<div id="client-story"')
    assert ("<html" in page, "Contacts" in page) == (False, False)


def test_a_viewer_reads_and_has_no_buttons(sign_in, client):
    TouchpointFactory(client=client)

    page = sign_in(ViewerFactory()).get(f"/clients/{client.pk}/").content.decode()

    buttons = ["Log touchpoint", "Cancel this touchpoint", "Prepare review"]
    assert [words for words in buttons if words in page] == []


def test_the_story_offers_to_cancel_ones_own_held_touchpoint(sign_in, client):
    member = MemberFactory()
    TouchpointFactory(client=client, member=member, status="cancelled")
    own = TouchpointFactory(client=client, member=member)
    TouchpointFactory(client=client, member=MemberFactory())

    page = sign_in(member).get(f"/clients/{client.pk}/").content.decode()

    assert page.count("Cancel this touchpoint") == 1
    assert f'action="/clients/{client.pk}/touchpoints/{own.pk}/cancel/"' in page


@pytest.mark.parametrize("client_id", ["999999", "9" * 30])
def test_a_client_that_does_not_exist_is_404(sign_in, agency, client_id):
    assert sign_in(LeaderFactory()).get(f"/clients/{client_id}/").status_code == 404


def test_a_client_of_another_agency_is_404(sign_in, other_agency, agency):
    with tenant_context(other_agency):
        theirs = ClientFactory(pk=987654)

    assert sign_in(LeaderFactory()).get(f"/clients/{theirs.pk}/").status_code == 404


def test_private_portfolios_hide_the_page_of_anothers_client(sign_in, client):
    update_settings(by=None, is_portfolio_private=True)
    member = MemberFactory()
    own = AssignmentFactory(member=member).client
    former = AssignmentFactory(member=member, ends_on=date(2025, 6, 1)).client
    browser = sign_in(member)

    pages = [browser.get(f"/clients/{each.pk}/").status_code for each in (own, former, client)]

    assert pages == [200, 404, 404]


def test_instants_are_shown_in_the_agencys_zone(show, client):
    update_settings(by=None, time_zone="Pacific/Auckland")
    TouchpointFactory(client=client, occurred_at=datetime(2025, 5, 31, 13, 30, tzinfo=UTC))

    assert '<time datetime="2025-06-01T01:30:00+12:00">1 Jun 2025, 01:30</time>' in show()


def test_hostile_texts_are_shown_as_text(show, client):
    TouchpointFactory(client=client, summary="<img src=x onerror=alert(1)>{{ 7|add:7 }}")

    page = show()

    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;{{ 7|add:7 }}" in page


def test_the_number_of_queries_does_not_grow_with_the_rows(sign_in, client):
    browser = sign_in(LeaderFactory())
    path = f"/clients/{client.pk}/"
    fill(client, 1)
    few = queries_of(lambda: browser.get(path))
    fill(client, 29)

    many = queries_of(lambda: browser.get(path))

    # The story's first page may then hold fewer kinds of events, each of which is one query.
    assert len(few) - 4 <= len(many) <= len(few)
