"""The benchmark measures what it says: the same rows, the same results, and it fails where they differ."""

from dataclasses import replace

import duckdb
import pytest

from accounts.models import AgencySettings
from accounts.selectors import get_settings
from bench.kpis import duckdb_route, product, raw
from bench.kpis.comparing import NotEqual, Plain, check_equal, duckdb_figures, plain_figures
from bench.kpis.generate import generate, invent
from bench.kpis.sizes import parse_sizes
from clients.models import Client
from kpis.formulas.catalogue import DEFINITIONS
from tests.kpis.books import ALWAYS_COUNTED

PLACE = ("nrr", 0, "agency", None)


def test_equal_seeds_invent_equal_rows(sizes):
    made, again, other = (invent(each) for each in (sizes, sizes, replace(sizes, seed=3)))

    assert [table.rows for table in made] == [table.rows for table in again]
    assert [table.rows for table in made] != [table.rows for table in other]


def test_the_agency_has_the_sizes_asked_for(agency, sizes):
    counts = generate(sizes)

    tables = ("clients_client", "clients_touchpoint", "clients_request", "clients_message")
    assert [counts[table] for table in tables] == [40, 500, 400, 1200]
    assert sizes.survey_answers <= counts["clients_surveyresponse"] <= sizes.survey_answers + 1


def test_rows_written_afterwards_get_new_ids(invented):
    last = Client.objects.latest("pk")

    made = Client.objects.create(name="One more")

    assert made.pk == last.pk + 1


def test_facts_and_duckdb_give_the_same_figures(duck, sizes):
    answers = product.fact_figures(sizes, get_settings())

    compared = check_equal(plain_figures(answers.items()), duckdb_figures(duck))

    assert compared > 10_000


def test_the_rows_themselves_and_duckdb_give_the_same_figures(duck, sizes):
    answers = product.direct_figures(sizes, get_settings())

    compared = check_equal(plain_figures(answers.items()), duckdb_figures(duck))

    assert compared > 10_000


def test_every_kpi_has_something_to_compare_in_every_kind_of_slice(duck):
    figures = duckdb_figures(duck)

    told = {(key, kind) for key in ALWAYS_COUNTED for kind in DEFINITIONS[key].slices}
    assert told - {(place[0], place[2]) for place, plain in figures.items() if plain.n} == set()
    assert set(ALWAYS_COUNTED) - {place[0] for place, plain in figures.items() if plain.value} == set()


def test_a_wrong_figure_of_duckdb_fails_the_run_and_is_named(duck, sizes):
    ours = plain_figures(product.fact_figures(sizes, get_settings()).items())
    duck.execute(
        "UPDATE result SET value = value + 0.00001 WHERE kpi = 'nrr' AND number = 2 AND kind = 'agency'"
    )

    with pytest.raises(NotEqual) as failure:
        check_equal(ours, duckdb_figures(duck))

    assert [line.split(":")[0] for line in str(failure.value).splitlines()[1:]] == ["nrr 2 agency None"]


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        pytest.param(Plain(1, 2, 2, 0.5), Plain(1, 2, 3, 0.5), id="another count"),
        pytest.param(Plain(1, 2, 2, 0.5), Plain(1, 2, 2, 0.500002), id="another value"),
        pytest.param(Plain(1, 2, 2, 0.5), Plain(1.5, 2, 2, 0.5), id="another numerator"),
        pytest.param(Plain(1, 2, 2, 0.5), Plain(1, 3, 2, 0.5), id="another denominator"),
        pytest.param(Plain(0, 0, 0, None), Plain(0, 1, 0, 0), id="undefined or 0"),
    ],
)
def test_figures_that_differ_are_not_equal(mine, other):
    with pytest.raises(NotEqual):
        check_equal({PLACE: mine}, {PLACE: other})


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        pytest.param(Plain(1, 2, 2, 0.5), Plain(1, 2, 2, 0.5000004), id="the 7th decimal"),
        pytest.param(Plain(None, None, 0, None), Plain(0, 0, 0, None), id="two ways to tell nothing"),
    ],
)
def test_figures_that_read_alike_are_equal(mine, other):
    assert check_equal({PLACE: mine}, {PLACE: other}) == 1


def test_a_slice_that_one_route_leaves_out_must_be_empty():
    counted = ("closing_clients", 0, "agency", None)

    assert check_equal({}, {counted: Plain(0, None, 0, 0)}) == 1
    with pytest.raises(NotEqual):
        check_equal({}, {counted: Plain(1, None, 1, 1)})


def test_settings_that_duckdb_does_not_know_are_refused(sizes):
    with duckdb.connect() as duck, pytest.raises(duckdb_route.CannotMeasure):
        duckdb_route.compute(duck, sizes, AgencySettings(client_basis="any"))


def test_reading_whole_rows_reads_more_than_the_columns_that_kpis_need(invented):
    assert raw.read_whole_rows() > raw.read_needed_columns() > 0


def test_sizes_come_from_options():
    sizes = parse_sizes(["--clients", "50", "--survey-answers", "7", "--as-of", "2026-03-17"])

    assert (sizes.clients, sizes.survey_answers, sizes.months) == (50, 7, 36)
    assert [period.start.isoformat() for period in (sizes.periods[0], sizes.periods[-1])] == [
        "2023-03-01",
        "2026-02-01",
    ]
