import pytest

from agencyam.tenancy.context import tenant_context
from tests.kpis.books import line


@pytest.fixture
def agency_beside(other_agency, agency):
    """The other agency with clients that come and go in March 2026."""
    with tenant_context(other_agency):
        line("a", 777, "2025-01-01")
        line("left", 333, "2025-01-01", "2026-03-10")
        line("came", 111, "2026-03-10")
    return other_agency
