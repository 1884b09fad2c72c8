"""Two agencies for every test: the one it works in, and another one whose data could leak."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client as Browser
from django.test.utils import setup_databases, teardown_databases
from hypothesis import settings as hypothesis_settings

from agencyam.tenancy.context import tenant_context
from agencyam.tenancy.models import Agency
from agencyam.tenancy.services import create_agency, delete_agency, suspend_agency
from tests import catalogue
from tests.parallel import ByFileThenAlone

# For a long look at the property tests: --hypothesis-profile=thorough
hypothesis_settings.register_profile("thorough", max_examples=2000, deadline=None)


def _agency(slug: str, name: str) -> Agency:
    return Agency.objects.filter(slug=slug).first() or create_agency(slug=slug, name=name)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """The test database with both agencies, made once per run; also for tests without a transaction."""
    settings.GET_EXECUTOR_FUNCTION = "tests.schemas.executor"
    with django_db_blocker.unblock():
        configuration = setup_databases(verbosity=0, interactive=False, aliases={"default"})
        _agency("northwind", "Northwind")
        _agency("harbour", "Harbour & Finch")
    yield
    with django_db_blocker.unblock():
        connection.close()
        teardown_databases(configuration, verbosity=0)


@pytest.fixture
def committed_db(django_db_setup, django_db_blocker):
    """The database without a transaction around the test, for threads, processes and servers.

    What such a test writes stays; it works in a scratch agency or cleans up after itself.
    """
    with django_db_blocker.unblock():
        yield
        connection.close()


@pytest.fixture
def scratch_agency(committed_db):
    """A third agency for tests that commit; dropped afterwards."""
    agency = create_agency(slug="scratch", name="Scratch")
    yield agency
    left = Agency.objects.filter(pk=agency.pk).first()
    if left and left.status == Agency.Status.READY:
        suspend_agency(agency=left)
    if left:
        delete_agency(agency=left)


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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return ByFileThenAlone(config, log)


def pytest_sessionfinish(session):
    """A process of a parallel run hands its figures to the one that prints them."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["catalogue"] = catalogue.lines


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    catalogue.lines += getattr(node, "workeroutput", {}).get("catalogue", [])


def pytest_terminal_summary(terminalreporter):
    """The catalogue's figures, one JSON line each."""
    if catalogue.lines:
        terminalreporter.section("fault catalogue")
        for line in catalogue.lines:
            terminalreporter.write_line(line)
