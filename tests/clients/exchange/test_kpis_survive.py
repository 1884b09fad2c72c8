"""An agency that leaves with its book and comes back has the same numbers."""

from datetime import date

import pytest

from accounts.selectors import get_settings
from agencyam.periods import parse_period
from agencyam.tenancy.context import tenant_context
from clients.demo.book import generate_book
from clients.exchange.exporting import export_book
from kpis.direct.query import Query
from kpis.engine import evaluate
from tests.clients.exchange.books import load

AS_OF = date(2026, 11, 22)


def numbers(period, by):
    query = Query(period=parse_period(period, as_of=AS_OF), as_of=AS_OF, by=by, settings=get_settings())
    return [result.as_json() for result in evaluate(query, ())]


@pytest.mark.parametrize("suffix", ["", ".xlsx"])
def test_export_then_import_gives_equal_kpis(agency, other_agency, tmp_path, suffix):
    generate_book(
        tmp_path / "demo", profile="northwind", seed=5, clients=15, members=3, months=16, until=AS_OF
    )
    load(tmp_path / "demo")
    asked = [("ttm", "agency"), ("2026-10", "am"), ("2026Q3", "client"), ("2026", "service")]
    before = [numbers(period, by) for period, by in asked]
    export_book(path=tmp_path / f"book{suffix}", by=None)

    with tenant_context(other_agency):
        load(tmp_path / f"book{suffix}")
        after = [numbers(period, by) for period, by in asked]

    assert len(before[0]) > 40
    assert sum(result["value"] is not None for result in before[0]) > 35
    assert after == before
