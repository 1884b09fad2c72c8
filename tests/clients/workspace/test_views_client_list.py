"""The list of clients as members see it: narrowed, sorted and paged by its address alone."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from accounts.services.settings import update_settings
from agencyam.tenancy.context import tenant_context
from tests.factories.accounts import LeaderFactory, MemberFactory
from tests.factories.clients import (
    AssignmentFactory,
    ClientFactory,
    ContactFactory,
    ContractLineFactory,
    RequestFactory,
    SurveyResponseFactory,
    TouchpointFactory,
)
from tests.queries import queries_of

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _first_of_june():
    with time_machine.travel(datetime(2025, 6, 1, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def show(sign_in, agency):
    """`show("?tier=A")` answers the names in the list, as a leader sees it."""
    browser = sign_in(LeaderFactory())

    def names(query=""):
        return names_in(browser.get(f"/clients/{query}"))

    return names


def names_in(response):
    return [client.name for client in response.context["page"].object_list]


def full_client(name):
    """A client with everything that the list shows."""
    client = ClientFactory(name=name, tier="A", segment="Retail", tags=["key"])
    AssignmentFactory(client=client, member__password=None)
    ContactFactory(client=client)
    ContractLineFactory(client=client, ends_on=date(2025, 9, 1))
    TouchpointFactory(client=client)
    RequestFactory(client=client)
    SurveyResponseFactory(client=client)
    return client


def test_a_row_tells_how_the_client_stands(sign_in, agency):
    client = full_client("Northern Lights")
    AssignmentFactory(client=ClientFactory(name="Other"), member__name="Ada")

    page = sign_in(LeaderFactory()).get("/clients/").content.decode()

    row = page.split("Northern Lights")[1].split("</tr>")[0]
    words = ["Retail", "€1,000", "31 Aug 2025", "in 91 days", "151 days ago", ">1<", ">9<"]
    assert [word for word in words if word not in row] == []
    assert f'href="/clients/{client.pk}/"' in page
    assert "2 clients · €1,000 a month" in page


def test_clients_of_another_agency_are_not_listed(show, other_agency):
    ClientFactory(name="Ours")
    with tenant_context(other_agency):
        ClientFactory(name="Theirs")

    assert show() == ["Ours"]


def test_search_finds_names_contacts_and_tags(show):
    ClientFactory(name="Alder")
    ContactFactory(client__name="Birch", name="Alda Meyer")
    ClientFactory(name="Cedar", tags=["ald"])
    ClientFactory(name="Dogwood")

    assert show("?search=ald") == ["Alder", "Birch", "Cedar"]


def test_each_filter_narrows(show):
    ada = MemberFactory(name="Ada")
    hers = ClientFactory(name="Hers", tier="A", segment="Retail", tags=["key"])
    AssignmentFactory(client=hers, member=ada)
    AssignmentFactory(client=ClientFactory(name="His", tier="B", segment="Health"))

    queries = [f"?manager={ada.pk}", "?tier=A", "?segment=Retail", "?tag=key"]

    assert [show(query) for query in queries] == [["Hers"]] * 4


def test_mine_are_those_on_whose_team_i_am(sign_in, agency):
    member = MemberFactory()
    AssignmentFactory(client=ClientFactory(name="Mine"), member=member, role="secondary")
    ClientFactory(name="Not mine")

    response = sign_in(member).get("/clients/?scope=mine")

    assert names_in(response) == ["Mine"]


def test_a_link_shows_archived_clients_and_keeps_the_rest_of_the_address(sign_in, agency):
    browser = sign_in(LeaderFactory())

    without = browser.get("/clients/?tier=A&page=2").content.decode()
    with_them = browser.get("/clients/?tier=A&archived=on").content.decode()

    assert '<a href="?tier=A&amp;archived=on">With archived clients</a>' in without
    assert '<a href="?tier=A">Without archived clients</a>' in with_them
    assert '<input type="hidden" form="client-filters" name="archived" value="on">' in with_them


def test_archived_clients_are_shown_when_asked_for(show):
    ClientFactory(name="Present")
    ClientFactory(name="Past", archived_on=date(2025, 1, 1))

    assert (show(), show("?archived=on")) == (["Present"], ["Past", "Present"])


@pytest.mark.parametrize(
    "query",
    [
        "?tier=Z",
        "?manager=abc",
        "?manager=99",
        "?scope=theirs",
        "?sort=password",
        "?page=0",
        "?page=x",
        "?search=%00",
        "?tag=%00",
        f"?search={'x' * 101}",
    ],
)
def test_a_value_that_does_not_exist_is_left_out(show, query):
    ClientFactory(name="Alder")

    assert show(query) == ["Alder"]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["Alder", "birch", "Cedar"]),
        ("-name", ["Cedar", "birch", "Alder"]),
        ("mrr", ["Alder", "Cedar", "birch"]),
        ("-mrr", ["birch", "Cedar", "Alder"]),
    ],
)
def test_columns_sort_both_ways(show, sort, order):
    ClientFactory(name="Alder")
    ContractLineFactory(client__name="birch", amount=Decimal(900))
    ContractLineFactory(client__name="Cedar", amount=Decimal(100))

    assert show(f"?sort={sort}") == order


def test_the_list_is_cut_into_pages_of_fifty(show):
    for number in range(51):
        ClientFactory(name=f"Client {number:02}")

    pages = [show(), show("?page=2"), show("?page=999999999999999999999")]

    assert [len(page) for page in pages] == [50, 1, 1]
    assert pages[1] == ["Client 50"]


def test_a_page_link_keeps_the_filters(sign_in, agency):
    for _ in range(51):
        ClientFactory(tier="A")

    page = sign_in(LeaderFactory()).get("/clients/?tier=A&sort=-mrr").content.decode()

    assert 'href="?tier=A&amp;sort=-mrr&amp;page=2"' in page


def test_without_clients_the_list_says_how_they_come(sign_in, agency):
    page = sign_in(LeaderFactory()).get("/clients/").content.decode()

    assert "No clients yet" in page


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_narrowed_to_nothing_the_list_offers_all(sign_in, agency, headers):
    ClientFactory()

    page = sign_in(LeaderFactory()).get("/clients/?search=zzz", headers=headers).content.decode()

    assert "No client matches" in page
    assert '<a class="btn" href="/clients/">Show all clients</a>' in page
    assert '<a href="/clients/">Clear filters</a>' in page


def test_htmx_gets_the_table_alone(sign_in, agency):
    ClientFactory(name="Alder")
    ClientFactory(name="Birch")

    response = sign_in(LeaderFactory()).get("/clients/?search=ald&sort=-mrr", headers=HTMX)

    page = response.content.decode().strip()
    assert page.startswith('<div id="client-table"')
    assert ("Alder" in page, "Birch" in page, "<html" in page) == (True, False, False)
    assert '<input type="hidden" form="client-filters" name="sort" value="-mrr">' in page
    assert "HX-Request" in response["Vary"]


def test_a_return_through_history_gets_the_whole_page(sign_in, agency):
    headers = {**HTMX, "HX-History-Restore-Request": "true"}

    page = sign_in(LeaderFactory()).get("/clients/", headers=headers).content.decode()

    assert page.startswith("<!doctype html>")


def test_private_portfolios_hide_other_clients_from_list_search_and_filters(sign_in, agency):
    update_settings(by=None, is_portfolio_private=True)
    member = MemberFactory()
    AssignmentFactory(client=ClientFactory(name="Alder own", tier="A"), member=member)
    ClientFactory(name="Alder hidden", tier="Secret tier")
    browser = sign_in(member)

    listed = [names_in(browser.get(f"/clients/{query}")) for query in ("", "?search=alder", "?scope=all")]

    assert listed == [["Alder own"]] * 3
    assert "Secret tier" not in browser.get("/clients/").content.decode()


def test_hostile_names_are_shown_as_text(sign_in, agency):
    ClientFactory(name="<script>alert(1)</script>", tier="{{ 7|add:7 }}", tags=["<b>x"])

    page = sign_in(LeaderFactory()).get("/clients/").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7|add:7 }}" in page


def test_the_number_of_queries_does_not_grow_with_the_list(sign_in, agency):
    browser = sign_in(LeaderFactory())
    full_client("One")
    few = queries_of(lambda: browser.get("/clients/"))
    for number in range(29):
        full_client(f"Client {number}")

    many = queries_of(lambda: browser.get("/clients/"))

    assert len(many) == len(few)
