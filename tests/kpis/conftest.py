from datetime import date

import pytest
import time_machine

from accounts.models import User
from agencyam.tenancy.context import tenant_context
from tests.factories.accounts import MemberFactory
from tests.factories.clients import AssignmentFactory
from tests.kpis.april import NOW
from tests.kpis.books import client, line


@pytest.fixture
def agency_beside(other_agency, agency):
    """The other agency with clients that come and go in March 2026."""
    with tenant_context(other_agency):
        line("a", 777, "2025-01-01")
        line("left", 333, "2025-01-01", "2026-03-10")
        line("came", 111, "2026-03-10")
    return other_agency


@pytest.fixture
def tenth_of_april(agency):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ada() -> User:
    """An account manager of two clients, one of which leaves in March; a third client is somebody else's."""
    member = MemberFactory(name="Ada", book_id="ada")
    for name in ("stays", "leaves"):
        AssignmentFactory(client=client(name), member=member, starts_on=date(2025, 1, 1))
    line("stays", 300, "2025-01-01")
    line("leaves", 100, "2025-01-01", "2026-03-20")
    line("elsewhere", 600, "2025-01-01")
    AssignmentFactory(client=client("elsewhere"), member__name="Bo", starts_on=date(2025, 1, 1))
    return member
