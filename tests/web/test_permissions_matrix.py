"""Catalogue row W1: each address answers each visitor and method as declared, and all are declared."""

from collections import Counter
from collections.abc import Callable, Iterable

from django.db import connection
from django.db.models import Model
from django.test import Client as Browser

from accounts.models import OutboxEmail, Team, User
from accounts.roles import Role
from accounts.services.settings import update_settings
from agencyam.tenancy.context import tenant_context
from clients.models import ActionItem, Client, Touchpoint
from kpis.models import Alert, Target
from reports.models import QBR, QBRBatch
from tests.catalogue import report
from tests.web.endpoint import METHODS, SIGN_IN, Endpoint
from tests.web.endpoints import OWN, TABLE, list_addresses
from tests.web.house import House, furnish
from tests.web.visitors import VISITORS, Visitors, role_of, undone

Wanted = Callable[[Endpoint, str], int | str]

# Answers 404 in front of allauth's pages of the same addresses, which the table has by their names.
NAMELESS = {"^account/(?:signup|email|confirm-email|confirm-email/[^/]+)/$"}

# Their addresses name what every agency has: a KPI, a bar, a month, a cohort.
NAMING_NO_ROW = {
    "choices:choice-change",
    "choices:choice-withdraw",
    "kpis:cohort-cell",
    "kpis:cohort-cell-export",
    "kpis:target-detail",
    "kpis:kpi-detail",
    "kpis:kpi-rows",
    "kpis:months-detail",
    "kpis:waterfall-step",
    "kpis:waterfall-step-export",
}


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


def number_from(start: int, *models: type[Model]) -> None:
    """Give the next rows ids that no other agency has."""
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [model._meta.db_table, start]
            )


def deviations(
    visitors: Visitors, visitor: str, endpoints: Iterable[Endpoint], wanted: Wanted
) -> list[tuple]:
    """The cells that do not answer as `wanted(endpoint, method)` says: (name, method, found, wanted)."""
    cells = []
    for endpoint in endpoints:
        for method in METHODS:
            found = answer(visitors.browser(visitor), method, endpoint, visitors.house)
            cells.append((endpoint.name, method, found, wanted(endpoint, method)))
    return [cell for cell in cells if cell[2] != cell[3]]


def test_w1_each_address_answers_as_declared(visitors):
    wrong = {}

    for visitor in VISITORS:
        role = role_of(visitor)
        wrong[visitor] = deviations(visitors, visitor, TABLE, lambda each, how, r=role: each.expected(r, how))

    cells = len(VISITORS) * len(TABLE) * len(METHODS)
    report(
        "W1",
        ok=not any(wrong.values()),
        endpoints=len(TABLE),
        visitors=len(VISITORS),
        cells=cells,
        wrong=wrong,
    )


def test_w1_private_portfolios_hide_what_belongs_to_anothers_client(visitors):
    update_settings(by=None, is_portfolio_private=True)
    bound = [endpoint for endpoint in TABLE if endpoint.is_client_bound]
    wrong = {}

    def wanted(endpoint, method, role):
        is_hidden = role == Role.ACCOUNT_MANAGER and method in endpoint.answers
        return 404 if is_hidden else endpoint.expected(role, method)

    for role in Role.values:
        wrong[role] = deviations(visitors, role, bound, lambda each, how, r=role: wanted(each, how, r))

    cells = len(Role.values) * len(bound) * len(METHODS)
    report(
        "W1", ok=not any(wrong.values()), portfolio="private", endpoints=len(bound), cells=cells, wrong=wrong
    )


def test_w1_rows_of_another_agency_do_not_exist_here(visitors, other_agency):
    with tenant_context(other_agency):
        rows = (Client, Touchpoint, ActionItem, QBR, QBRBatch, OutboxEmail, User, Team, Target, Alert)
        number_from(1_000_000, *rows)
        theirs = furnish()
    named = [each for each in OWN if each.url(theirs) != each.url(visitors.house)]

    found = {
        (endpoint.name, method): answer(visitors.browser(Role.OWNER), method, endpoint, theirs)
        for endpoint in named
        for method in endpoint.answers
    }

    wrong = {cell: status for cell, status in found.items() if status != 404}
    assert {each.name for each in named} == {
        each.name for each in OWN if each.arguments(theirs)
    } - NAMING_NO_ROW
    report("W1", ok=not wrong, rows="of another agency", visitor="owner", cells=len(found), wrong=wrong)
