"""Catalogue row W1: each address, visitor and method answers as the declared table says, and nothing is undeclared."""

from collections import Counter

import pytest
from django.test import Client as Browser

from accounts.roles import Role
from accounts.services.settings import update_settings
from agencyam.tenancy.context import tenant_context
from tests.catalogue import report
from tests.web.endpoints import METHODS, OWN, SIGN_IN, TABLE, Endpoint, list_addresses
from tests.web.house import House, furnish
from tests.web.visitors import VISITORS, role_of, undone

# Answers 404 in front of allauth's pages of the same addresses, which the table has by their names.
NAMELESS = {"^account/(?:signup|email|confirm-email|confirm-email/[^/]+)/$"}


def answer(browser: Browser, method: str, endpoint: Endpoint, house: House) -> int | str:
    data = endpoint.data(house) if method == "POST" else None
    with undone():
        response = getattr(browser, method.lower())(endpoint.url(house), data)
    if response.status_code == 302 and response["Location"].startswith("/account/login/?next="):
        return SIGN_IN
    return response.status_code


def test_every_address_is_declared_once():
    names = Counter(endpoint.name for endpoint in TABLE)

    assert {name for name, _, _ in list_addresses()} - NAMELESS == set(names)
    assert [name for name, count in names.items() if count > 1] == []


def test_each_of_our_views_asks_for_the_permission_in_the_table():
    asked = {name: getattr(view, "required_permission", None) for name, _, view in list_addresses()}

    assert {each.name: asked[each.name] for each in OWN} == {each.name: each.needs for each in OWN}


@pytest.mark.parametrize("visitor", VISITORS)
def test_w1_each_address_answers_as_declared(visitors, visitor):
    cells, deviations = 0, []

    for endpoint in TABLE:
        for method in METHODS:
            found = answer(visitors.browser(visitor), method, endpoint, visitors.house)
            wanted = endpoint.expected(role_of(visitor), method)
            cells += 1
            if found != wanted:
                deviations.append((endpoint.name, method, found, wanted))

    report("W1", ok=not deviations, visitor=visitor, cells=cells, deviations=deviations)


@pytest.mark.parametrize("role", Role.values)
def test_w1_private_portfolios_hide_what_belongs_to_anothers_client(visitors, role):
    update_settings(by=None, is_portfolio_private=True)
    bound = [endpoint for endpoint in TABLE if endpoint.is_client_bound]
    cells, deviations = 0, []

    for endpoint in bound:
        for method in METHODS:
            found = answer(visitors.browser(role), method, endpoint, visitors.house)
            wanted = endpoint.expected(role, method)
            if role == Role.ACCOUNT_MANAGER and method in endpoint.answers:
                wanted = 404
            cells += 1
            if found != wanted:
                deviations.append((endpoint.name, method, found, wanted))

    report("W1", ok=not deviations, visitor=role, portfolio="private", cells=cells, deviations=deviations)


def test_w1_rows_of_another_agency_are_404_for_an_owner_here(visitors, other_agency):
    with tenant_context(other_agency):
        theirs = furnish()
    owner, cells, deviations = visitors.browser(Role.OWNER), 0, []

    for endpoint in OWN:
        if not endpoint.arguments(theirs) or endpoint.url(theirs) == endpoint.url(visitors.house):
            continue
        for method in endpoint.answers:
            found = answer(owner, method, endpoint, theirs)
            cells += 1
            if found != 404:
                deviations.append((endpoint.name, method, found))

    report(
        "W1", ok=not deviations and cells > 0, visitor="owner", rows="foreign", cells=cells, wrong=deviations
    )
