import pytest

from tests.web.house import House, furnish
from tests.web.visitors import Visitors


@pytest.fixture
def house(agency) -> House:
    """One row of everything, in northwind."""
    return furnish()


@pytest.fixture
def visitors(house, other_agency, settings) -> Visitors:
    """`visitors.browser(role)` answers a browser on northwind as that visitor comes; no limit on tries."""
    settings.ACCOUNT_RATE_LIMITS = settings.MFA_RATE_LIMITS = False
    return Visitors(house, other_agency)
