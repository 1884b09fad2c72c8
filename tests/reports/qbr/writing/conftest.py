"""What every test of a section begins with: an agency, and a client without a past."""

import pytest

from tests.factories.clients import ClientFactory
from tests.reports import books


@pytest.fixture
def settings(agency):
    return books.make_settings()


@pytest.fixture
def client(settings):
    return ClientFactory(name="Orbit Ltd")
