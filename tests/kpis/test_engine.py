"""The answer that the engine gives: shape, rounding, intervals, targets and status."""

from datetime import date
from decimal import Decimal

import pytest

from kpis.direct.query import BadQuery, Query
from kpis.engine import UnknownKpi, as_text, evaluate
from kpis.formulas.target import Status
from kpis.models import Target
from tests.factories.clients import OneOffLineFactory
from tests.kpis.books import ALWAYS_COUNTED, ask, by_slice, client, line, question, reasons, settings

pytestmark = pytest.mark.usefixtures("agency")

MARCH = "2026-03"


def retain(kept: int, lost: int = 0) -> None:
    for number in range(kept):
        line(f"kept {number}", 100, "2025-01-01")
    for number in range(lost):
        line(f"lost {number}", 100, "2025-01-01", "2026-03-10")


def target(kpi: str, low: str, **fields) -> None:
    Target.objects.create(kpi=kpi, low=Decimal(low), starts_on=date(2025, 1, 1), **fields)


def test_answer_has_the_published_shape():
    retain(29, 1)

    answer = ask("2026Q1", "client_retention_rate", as_of="2026-03-31")["client_retention_rate"].as_json()

    assert answer == {
        "kpi": "client_retention_rate",
        "slice": {"by": "agency", "key": None, "label": "Northwind"},
        "value": "0.966667",
        "reason": None,
        "numerator": "29.000000",
        "denominator": "30.000000",
        "n": 30,
        "unit": "ratio",
        "display": "96.7%",
        "ci_low": "0.833296",
        "ci_high": "0.994091",
        "direction": "up",
        "target": "0.974004",
        "status": "near",
        "period": {"start": "2026-01-01", "end": "2026-04-01", "is_partial": False},
        "as_of": "2026-03-31",
        "definition_version": 1,
    }


def test_every_kpi_answers_in_every_slice():
    retain(2)

    for by in ("agency", "am", "segment", "service", "client"):
        results = evaluate(question(MARCH, by=by))

        assert list(dict.fromkeys(result.kpi for result in results)) == ALWAYS_COUNTED
        assert all((result.value is None) == (result.figure.reason is not None) for result in results)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0.0000005", "0.000001"),
        ("-0.0000005", "-0.000001"),
        ("-0.0000001", "0.000000"),
        ("1234567890123456789012.1234565", "1234567890123456789012.123457"),
        ("1E+3", "1000.000000"),
    ],
)
def test_six_decimals_half_away_from_zero(value, expected):
    assert as_text(Decimal(value)) == expected


def test_displays_of_every_kind():
    retain(7)
    line("kept 0", "0.125", "2026-03-02", of="seo")

    results = ask(MARCH, "mrr", "client_retention_rate", "quick_ratio", "closing_clients", "mrr_growth_rate")

    assert {kpi: result.display for kpi, result in results.items()} == {
        "client_retention_rate": "100.0%",
        "mrr": "€700.13",
        "closing_clients": "7",
        "mrr_growth_rate": "0.0%",
        "quick_ratio": "–",
    }


def test_fewer_than_five_are_shown_and_not_judged():
    retain(4)

    result = ask(MARCH, "client_retention_rate")["client_retention_rate"]

    assert (result.value, result.figure.n, result.status) == (1, 4, Status.NOT_JUDGED)


def test_goal_of_a_client_is_judged_for_that_client_alone():
    line("a", 100, "2024-01-01")
    line("a", 8, "2026-01-10", of="seo")
    kpi = "upsell_cross_sell_revenue_rate"

    agency = ask("2025-04-01..2026-04-01", kpi)[kpi]
    of_client = ask("2025-04-01..2026-04-01", kpi, by="client", key="a")[kpi]

    assert (agency.value, agency.status, of_client.status) == (Decimal("0.08"), Status.NOT_JUDGED, Status.MET)


def test_five_are_judged_with_a_mark():
    retain(5)

    result = ask(MARCH, "client_retention_rate")["client_retention_rate"]

    assert (result.status, result.is_small_sample) == (Status.MET, True)


def test_partial_month_has_no_target_and_is_not_judged():
    retain(10)

    results = ask(MARCH, "mrr_growth_rate", "client_retention_rate", as_of="2026-03-15")

    assert {kpi: (result.target, result.status) for kpi, result in results.items()} == {
        "mrr_growth_rate": (None, Status.NOT_JUDGED),
        "client_retention_rate": (None, Status.NOT_JUDGED),
    }


def test_agency_sets_its_own_target_and_a_slice_may_have_another():
    client("kept 0", segment="Retail")
    retain(6)
    target("nrr", "1.1")
    target("nrr", "0.5", scope="segment", key="Retail")

    agency = ask(MARCH, "nrr")["nrr"]
    retail = ask(MARCH, "nrr", by="segment", key="Retail")["nrr"]
    others = ask(MARCH, "nrr", by="segment", key="unassigned")["nrr"]
    of_client = ask(MARCH, "nrr", by="client", key="kept 0")["nrr"]

    assert (agency.target, agency.status) == (Decimal("1.1"), Status.NEAR)
    assert [retail.target, others.target, of_client.target] == [
        Decimal("0.5"),
        Decimal("1.1"),
        Decimal("0.5"),
    ]


def test_target_holds_on_its_days():
    retain(6)
    target("nrr", "1.1", ends_on=date(2026, 3, 31))

    assert ask(MARCH, "nrr", as_of="2026-03-30")["nrr"].target == Decimal("1.1")
    assert ask(MARCH, "nrr")["nrr"].target == 1


def test_target_for_an_amount_of_the_agency_is_none_for_its_parts():
    retain(2)
    target("mrr", "1000")

    assert ask(MARCH, "mrr")["mrr"].status == Status.MISSED
    assert ask(MARCH, "mrr", by="segment", key="unassigned")["mrr"].target is None


def test_kpi_that_is_not_kept_for_a_slice_says_so():
    line("a", 100, "2025-01-01", of="seo")

    assert reasons(MARCH, "nps", by="service", key="seo") == {"nps": "not_by_slice"}


def test_slices_come_by_name_with_the_unassigned_last():
    client("a", segment="Retail")
    client("b", segment="Arts")
    for name in "abc":
        line(name, 100, "2025-01-01")

    assert list(by_slice(MARCH, "mrr", by="segment")) == ["Arts", "Retail", "unassigned"]


def test_rows_come_with_every_value_when_asked_for():
    retain(1, 1)

    results = evaluate(question(MARCH), ["lost_clients"], has_rows=True)

    assert [result.as_json()["rows"] for result in results] == [
        [{"client": "lost 0", "name": "lost 0", "lost_mrr": "100.000000", "ended_reason": ""}]
    ]


def test_unknown_kpi_is_refused():
    with pytest.raises(UnknownKpi, match="There is no KPI called 'nps2'"):
        evaluate(question(MARCH), ["nps", "nps2"])


def test_slice_that_does_not_exist_is_refused():
    with pytest.raises(BadQuery, match="'office' is no slice"):
        question(MARCH, by="office")


def test_period_after_the_day_asked_is_refused():
    with pytest.raises(BadQuery, match="begins on 2026-03-01, after the as-of day 2026-02-28"):
        question(MARCH, as_of="2026-02-28")


def test_query_knows_its_borders_in_the_agencys_zone():
    own = settings()
    own.time_zone = "Europe/Berlin"

    query = Query(question(MARCH).period, date(2026, 3, 29), "agency", own)

    assert (str(query.starts_at), str(query.cut_at), str(query.known_until)) == (
        "2026-02-28 23:00:00+00:00",
        "2026-03-29 22:00:00+00:00",
        "2026-03-29 22:00:00+00:00",
    )
    assert (query.months, query.is_partial, query.closing_day) == (None, True, date(2026, 3, 29))


def test_one_off_revenue_never_enters():
    retain(5)
    OneOffLineFactory(client=client("kept 0"), amount=Decimal(90000), starts_on=date(2026, 3, 2))

    assert ask(MARCH, "nrr")["nrr"].value == 1
