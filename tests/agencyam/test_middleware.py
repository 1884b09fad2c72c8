"""Request ids, error pages and caching, through the whole stack."""

import logging

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpResponse
from django.urls import include, path

from agencyam.logs import RequestIdFilter, request_id
from tests.factories.accounts import MemberFactory
from tests.web.visitors import new_browser

RAISED = {
    "missing": (Http404("secret"), 404),
    "forbidden": (PermissionDenied("secret"), 403),
    "bad": (BadRequest("secret"), 400),
    "suspicious": (SuspiciousOperation("secret"), 400),
    "broken": (LookupError("secret"), 500),
}


def raising(error):
    def view(request):
        raise error

    return view


def log_id(request):
    return HttpResponse(f"{request.id} {request_id.get()}")


def keep(request):
    return HttpResponse("kept", headers={"Cache-Control": "private, max-age=60"})


urlpatterns = [
    *(path(f"{name}/", raising(error)) for name, (error, _) in RAISED.items()),
    path("id/", log_id),
    path("keep/", keep),
    path("", include("agencyam.urls")),
]
handler500 = "agencyam.views.handle_500"


@pytest.fixture
def site(browser, settings):
    settings.ROOT_URLCONF = __name__
    browser.raise_request_exception = False
    return browser


def test_each_request_has_an_id_of_its_own(site):
    ids = [site.get("/id/")["X-Request-Id"] for _ in range(20)]

    assert len(set(ids)) == 20
    assert {len(each) for each in ids} == {16}


def test_view_log_and_answer_have_the_same_id(site):
    response = site.get("/id/")

    assert response.content.decode() == f"{response['X-Request-Id']} {response['X-Request-Id']}"


def test_the_id_is_ours_whatever_the_request_brings(site):
    response = site.get("/id/", headers={"X-Request-Id": "forged\r\nX: y"})

    assert response["X-Request-Id"] != "forged"
    assert not response.has_header("X")


def test_after_the_answer_log_lines_have_no_id(site):
    site.get("/id/")
    record = logging.makeLogRecord({})

    assert RequestIdFilter().filter(record)
    assert record.request_id == "-"


@pytest.mark.parametrize("name", RAISED)
def test_an_exception_becomes_its_page_without_its_words(site, name):
    _, status = RAISED[name]

    response = site.get(f"/{name}/")

    page = response.content.decode()
    assert (response.status_code, "secret" in page, page.count("<h1>")) == (status, False, 1)


def test_only_an_unexpected_exception_is_logged_with_its_trace(site, caplog):
    with caplog.at_level(logging.ERROR, logger="agencyam.middleware"):
        for name in RAISED:
            site.get(f"/{name}/")

    ours = [record for record in caplog.records if record.name == "agencyam.middleware"]
    assert [(record.getMessage(), record.exc_info[0]) for record in ours] == [
        ("Unhandled exception at /broken/", LookupError)
    ]


def test_the_error_page_quotes_the_id(site):
    response = site.get("/broken/")

    assert f"<code>{response['X-Request-Id']}</code>" in response.content.decode()


def test_pages_are_kept_nowhere(site):
    assert site.get("/id/")["Cache-Control"] == "no-store"


def test_a_view_may_decide_about_keeping_by_itself(site):
    assert site.get("/keep/")["Cache-Control"] == "private, max-age=60"


@pytest.mark.parametrize(
    "path_", ["/clients/", "/account/email/", "/account/signup/", "/account/confirm-email/x/"]
)
def test_the_installations_own_address_has_no_page_of_an_agency(db, path_):
    response = new_browser("localhost").get(path_)

    assert response.status_code == 404
    assert response.content.decode().count("<h1>Nothing here</h1>") == 1


@pytest.mark.parametrize(
    "path_", ["/account/email/", "/account/signup/", "/account/confirm-email/", "/account/confirm-email/a:b/"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_pages_that_would_change_an_address_behind_our_back_are_closed(sign_in, path_, method):
    member = MemberFactory(email="ada@agency.example")

    response = getattr(sign_in(member), method)(path_, {"email": "new@agency.example", "action_add": ""})

    member.refresh_from_db()
    assert (response.status_code, member.email) == (404, "ada@agency.example")
