import pytest

from tests.kpis.alerts.news import settings


@pytest.fixture(autouse=True)
def _northwind(agency):
    settings()
