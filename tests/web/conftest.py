import pytest
from django.test import Client as Browser

from agencyam.tenancy.context import tenant_context
from tests.web.house import furnish
from tests.web.visitors import HARBOUR, NORTHWIND, Visitors


@pytest.fixture
def house(agency):
    return furnish()


@pytest.fixture
def visitors(house, other_agency):
    """`visitors.browser(role)` answers a browser on northwind as that visitor came."""
    return Visitors(house=house, other_agency=other_agency)
