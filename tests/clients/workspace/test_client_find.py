from django.urls import reverse

from accounts.services.settings import update_settings
from tests.factories.accounts import MemberFactory, OwnerFactory
from tests.factories.clients import ClientFactory

FIND = "/clients/find/"
HTMX = {"HX-Request": "true"}


def test_client_find_offers_clients_by_name(sign_in):
    found = ClientFactory(name="Kranich Flugschule")
    ClientFactory(name="Havelland Molkerei")

    response = sign_in(OwnerFactory()).get(FIND, {"q": "kranich"}, headers=HTMX)

    assert list(response.context["found"]) == [found]
    assert reverse("clients:client-detail", args=[found.pk]) in response.content.decode()


def test_client_find_offers_nothing_for_no_words(sign_in):
    ClientFactory()

    response = sign_in(OwnerFactory()).get(FIND, {"q": " "}, headers=HTMX)

    assert response.context["found"] == []


def test_client_find_keeps_to_the_private_portfolio(sign_in):
    ClientFactory(name="Kranich Flugschule")
    update_settings(by=None, is_portfolio_private=True)

    response = sign_in(MemberFactory()).get(FIND, {"q": "kranich"}, headers=HTMX)

    assert response.context["found"] == []


def test_client_find_without_script_narrows_the_list(sign_in):
    response = sign_in(OwnerFactory()).get(FIND, {"q": "kranich & co"})

    assert response.headers["Location"] == "/clients/?search=kranich+%26+co"
