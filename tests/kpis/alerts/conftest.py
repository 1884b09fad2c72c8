import pytest

from tests.kpis.alerts.news import settings


@pytest.fixture
def northwind(agency):
    """The agency with settings of its own: its zone is UTC."""
    settings()
    return agency
