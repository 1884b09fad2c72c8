"""A small invented agency, the same for every test."""

from datetime import date

import duckdb
import pytest
from django.utils import timezone

from accounts.selectors import get_settings
from bench.kpis import duckdb_route, raw
from bench.kpis.generate import generate
from bench.kpis.sizes import Sizes
from kpis.facts import builder


@pytest.fixture
def sizes():
    # With these every KPI has something to tell in every kind of slice; the last evening's replies are still due.
    return Sizes(
        clients=40, months=6, members=5, touchpoints=500, requests=400, messages=1200, survey_answers=700, seed=2,
        as_of=date(2026, 3, 1),
    )  # fmt: skip


@pytest.fixture
def invented(agency, sizes):
    """The agency, filled, with its facts."""
    generate(sizes)
    builder.build_all(settings=get_settings(), now=timezone.now())
    return agency


@pytest.fixture
def duck(invented, sizes, tmp_path):
    """DuckDB with the results of all KPIs."""
    raw.export(tmp_path)
    with duckdb.connect() as duck:
        raw.load(tmp_path, duck)
        raw.add_opening_windows(duck, 2022, 2027)
        duckdb_route.compute(duck, sizes, get_settings())
        yield duck
