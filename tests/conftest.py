"""Two agencies for every test: the one it works in, and another one whose data could leak."""

import pytest
from django.test import Client as Browser

from agencyam.tenancy.context import tenant_context
from agencyam.tenancy.models import Agency
from agencyam.tenancy.services import create_agency


def _agency(slug: str, name: str) -> Agency:
    return Agency.objects.filter(slug=slug).first() or create_agency(slug=slug, name=name)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """After pytest-django's own set-up: both agencies, made once per run."""
    with django_db_blocker.unblock():
        _agency("northwind", "Northwind")
        _agency("harbour", "Harbour & Finch")


@pytest.fixture
def other_agency(db):
    """An agency whose rows must never be seen; enter it with tenant_context, before `agency`'s rows matter."""
    return Agency.objects.get(slug="harbour")


@pytest.fixture
def agency(db):
    """The agency that the test works in, entered. Everything rolls back."""
    agency = Agency.objects.get(slug="northwind")
    with tenant_context(agency):
        yield agency


@pytest.fixture
def browser(agency):
    """An anonymous browser on the agency's address."""
    return Browser(headers={"host": "northwind.localhost"}, SERVER_NAME="northwind.localhost")


@pytest.fixture
def sign_in(browser):
    """Sign a member in: `sign_in(member)` returns the browser."""

    def enter(member):
        browser.force_login(member)
        return browser

    return enter
