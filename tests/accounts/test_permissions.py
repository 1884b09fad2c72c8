import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.urls import include, path

from accounts.permissions import can, require, sees_all_clients
from accounts.roles import Permission
from tests.factories.accounts import LeaderFactory, MemberFactory, OwnerFactory, ViewerFactory


@require(Permission.BOOK_IMPORT)
def import_page(request):
    return HttpResponse("import")


urlpatterns = [path("account/", include("allauth.urls")), path("import-page/", import_page)]


@pytest.fixture(autouse=True)
def _one_guarded_page(settings):
    settings.ROOT_URLCONF = __name__


def test_nobody_signed_in_is_sent_to_sign_in(browser):
    response = browser.get("/import-page/?step=2")

    assert response.status_code == 302
    assert response["Location"] == "/account/login/?next=/import-page/%3Fstep%3D2"


def test_a_fragment_sends_the_whole_page_to_sign_in(browser):
    around = "http://northwind.localhost/clients/?q=a"

    response = browser.get("/import-page/", headers={"HX-Request": "true", "HX-Current-URL": around})

    assert response.status_code == 401
    assert response["HX-Redirect"] == "/account/login/?next=/clients/%3Fq%3Da"


def test_a_fragment_from_a_foreign_page_comes_back_to_the_first_page(browser):
    around = "https://evil.example/clients/"

    response = browser.get("/import-page/", headers={"HX-Request": "true", "HX-Current-URL": around})

    assert response["HX-Redirect"] == "/account/login/?next=/"


def test_a_role_too_low_is_refused(sign_in):
    response = sign_in(LeaderFactory()).get("/import-page/")

    assert response.status_code == 403


def test_a_role_with_the_permission_enters(sign_in):
    response = sign_in(OwnerFactory()).get("/import-page/")

    assert response.content == b"import"


def test_a_guarded_view_names_its_permission():
    assert import_page.required_permission == Permission.BOOK_IMPORT


def test_nobody_can_do_anything():
    assert not can(AnonymousUser(), Permission.CLIENT_VIEW)


def test_a_deactivated_member_can_do_nothing(agency):
    owner = OwnerFactory(is_active=False)

    assert not can(owner, Permission.CLIENT_VIEW)


@pytest.mark.parametrize(
    ("factory", "sees_all"),
    [(OwnerFactory, True), (LeaderFactory, True), (ViewerFactory, True), (MemberFactory, False)],
)
def test_private_portfolios_hide_clients_from_account_managers(factory, sees_all):
    assert sees_all_clients(factory.build(), is_portfolio_private=True) is sees_all


def test_open_portfolios_show_all_clients_to_account_managers():
    assert sees_all_clients(MemberFactory.build(), is_portfolio_private=False)
