"""Catalogue row W7: no form of another site, and none without its token, changes anything."""

import re

import pytest

from accounts.roles import Role
from tests.catalogue import report
from tests.web.checksums import changed, checksums
from tests.web.endpoints import TABLE, WITHOUT_FORM, list_addresses
from tests.web.visitors import HARBOUR, NORTHWIND, new_browser, undone

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


def token_of(browser, path="/settings/"):
    """The token of a form that the site itself has shown."""
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(path).content.decode())[1]


@pytest.fixture
def attempts(visitors):
    """Ways in which a forged request may look: (browser of an owner, headers, form)."""

    def make(**options):
        return visitors.browser(Role.OWNER, enforce_csrf_checks=True, **options)

    honest, elsewhere = make(), new_browser(HARBOUR)
    token, foreign = token_of(honest), token_of(elsewhere, "/account/login/")
    tossed = make()
    # A sibling can set a cookie for the whole domain, and knows the token that fits it.
    tossed.cookies["csrf"] = elsewhere.cookies["csrf"].value
    sibling, stranger = {"Origin": f"http://{HARBOUR}"}, {"Origin": "https://evil.example"}
    return {
        "no token": (make(), {}, {}),
        "own cookie, no token": (honest, {}, {}),
        "token of a sibling": (honest, {}, {"csrfmiddlewaretoken": foreign}),
        "wrong origin": (honest, stranger, {"csrfmiddlewaretoken": token}),
        "no origin": (honest, {"Origin": "null"}, {"csrfmiddlewaretoken": token}),
        "sibling subdomain": (honest, sibling, {"csrfmiddlewaretoken": token}),
        "sibling with a tossed cookie": (tossed, sibling, {"csrfmiddlewaretoken": foreign}),
        "token in the header, wrong origin": (honest, {**stranger, "X-CSRFToken": token}, {}),
    }


def test_w7_forged_requests_are_refused_everywhere(visitors, attempts):
    before, accepted, n_requests = checksums(), [], 0

    for way, (browser, headers, form) in attempts.items():
        for endpoint in (each for each in TABLE if each.name not in WITHOUT_FORM):
            url, data = endpoint.url(visitors.house), {**endpoint.data(visitors.house), **form}
            for method in UNSAFE if way == "no token" else ("POST",):
                body = data if method == "POST" else None
                response = getattr(browser, method.lower())(url, body, headers=headers)
                n_requests += 1
                if response.status_code != 403:
                    accepted.append((way, endpoint.name, method, response.status_code))

    tables = changed(before, checksums())
    report(
        "W7",
        ok=not accepted and not tables,
        addresses=len(TABLE),
        ways=len(attempts),
        requests=n_requests,
        accepted=accepted,
        changed=tables,
    )


def test_w7_only_the_declared_addresses_take_a_post_without_a_form():
    exempt = {name for name, _, view in list_addresses() if getattr(view, "csrf_exempt", False)}

    assert exempt == WITHOUT_FORM


@pytest.mark.parametrize("way", ["form", "header"])
def test_w7_the_sites_own_forms_are_taken(visitors, way):
    browser = visitors.browser(Role.OWNER, enforce_csrf_checks=True)
    token, refused = token_of(browser), []
    headers = {"Origin": f"http://{NORTHWIND}"} | ({"X-CSRFToken": token} if way == "header" else {})

    # Ending the sessions changes the visitor's own, which is not undone: it comes last.
    for endpoint in sorted(TABLE, key=lambda one: one.name == "accounts:sessions-end"):
        data = endpoint.data(visitors.house) | ({"csrfmiddlewaretoken": token} if way == "form" else {})
        # Signing out and changing sign-in ends the token.
        if endpoint.needs is None or "POST" not in endpoint.answers:
            continue
        with undone():
            response = browser.post(endpoint.url(visitors.house), data, headers=headers)
        if response.status_code != endpoint.answers["POST"]:
            refused.append((endpoint.name, response.status_code))

    assert refused == []


def test_w7_the_installations_own_address_takes_no_form_either(agency):
    response = new_browser("localhost", enforce_csrf_checks=True).post("/", {})

    assert response.status_code == 403
    assert "This form is too old" in response.content.decode()


def test_a_stale_form_is_explained(browser):
    strict = new_browser(enforce_csrf_checks=True)

    response = strict.post("/account/login/", {"login": "a", "password": "b"})

    assert response.status_code == 403
    assert "This form is too old" in response.content.decode()
