"""The rows behind every number add up to it, in every kind of slice; and what does not count says why."""

import pytest

from kpis.direct.exclusions import Why
from kpis.engine import as_text, evaluate
from kpis.evidence.rows import list_evidence
from kpis.evidence.rules import RULES, add_up
from kpis.formulas.catalogue import DEFINITIONS
from kpis.formulas.definition import BY_ALL
from tests.kpis.books import ALL_CHOSEN, question
from tests.kpis.rich_book import make_rich_book

pytestmark = pytest.mark.usefixtures("agency")

# A closed month, a month that is running, and a year.
QUESTIONS = (("2026-03", "2026-05-31"), ("2026-04", "2026-04-10"), ("2025-04-01..2026-04-01", "2026-03-31"))


@pytest.fixture
def book(agency):
    make_rich_book()


def as_texts(numerator, denominator, value):
    return as_text(numerator), as_text(denominator), as_text(value)


def gap(result, totals):
    """What figure and rows say, where they differ; a percentile and a sum have less to compare."""
    figure = result.figure
    told = as_texts(
        totals.numerator if figure.numerator is not None else None,
        totals.denominator if figure.denominator is not None else None,
        totals.value if figure.value is not None else None,
    )
    said = as_texts(figure.numerator, figure.denominator, figure.value)
    return None if told == said else (result.kpi, result.query.by, result.key, said, told)


def test_every_kpi_has_a_rule():
    assert set(RULES) == set(DEFINITIONS)


@pytest.mark.parametrize(("period", "as_of"), QUESTIONS)
@pytest.mark.parametrize("by", BY_ALL)
def test_the_rows_of_every_kpi_add_up_to_it(book, by, period, as_of):
    query = question(period, as_of=as_of, by=by, **ALL_CHOSEN)
    results = [result for result in evaluate(query) if by in result.definition.slices]

    gaps = [gap(result, list_evidence(query, result.kpi, result.key).totals) for result in results]

    assert [each for each in gaps if each] == []
    assert sum(result.value is not None and result.figure.n > 0 for result in results) > 20


def test_every_kpi_of_the_book_has_rows(book):
    empty = [
        kpi
        for kpi in DEFINITIONS
        if not any(
            list_evidence(question(period, as_of=as_of, **ALL_CHOSEN), kpi, None).counted
            for period, as_of in QUESTIONS
        )
    ]

    assert empty == []


def reasons(kpi, period="2026-03", as_of="2026-05-31", key=None, by="agency"):
    """Reason by what the row is about."""
    rows = list_evidence(question(period, as_of=as_of, by=by, **ALL_CHOSEN), kpi, key).excluded
    return {(row.get("name") or row.get("response"), row["reason"]) for row in rows}


def test_clients_that_do_not_count_towards_retention_say_why(book):
    assert reasons("client_retention_rate") == {
        ("comes", Why.NEW),
        ("returns", Why.CAME_BACK),
        ("visits", Why.JOINED_AND_LEFT),
    }


def test_clients_that_are_not_lost_say_why(book):
    told = reasons("lost_clients")

    assert ("grows", Why.STILL_HERE) in told
    assert ("rests", Why.STILL_HERE_PAUSED) in told
    assert ("leaves", Why.STILL_HERE) not in told


def test_clients_without_revenue_at_the_close_say_why(book):
    assert reasons("mrr") == {
        ("rests", Why.PAUSED_NOW),
        ("leaves", Why.LEFT),
        ("visits", Why.JOINED_AND_LEFT),
    }


def test_a_paused_client_is_not_in_the_revenue_of_the_opening(book):
    assert ("rests", Why.PAUSED_BEFORE) in reasons("nrr", period="2026-04")


def test_a_client_handed_over_says_so_in_both_slices(book):
    before, after = reasons("mrr", key="bo", by="am"), reasons("opening_mrr", key="ada", by="am")

    assert ("moves", Why.OTHER_SLICE_NOW) in before
    assert ("moves", Why.OTHER_SLICE_BEFORE) in after


@pytest.mark.parametrize(
    ("kpi", "expected"),
    [
        ("upsell_mrr", ("grows", "Counts as cross-sell")),
        ("churned_mrr", ("shrinks", "Counts as contraction")),
        ("net_new_mrr", ("foreign", Why.EXCHANGE_RATE)),
        ("upsell_cross_sell_revenue", ("rests", "Counts as a pause")),
    ],
)
def test_another_movement_says_as_what_it_counts(book, kpi, expected):
    assert expected in reasons(kpi)


@pytest.mark.parametrize(
    ("kpi", "reason"),
    [
        ("nps", Why.EARLIER_ANSWER),
        ("sla_attainment", Why.NO_REPLY_NEEDED),
        ("first_response_hours", Why.LATER_REPLY),
        ("first_response_hours", Why.NOT_ANSWERED),
        ("sla_breached", Why.MET),
        ("sla_pending", Why.BREACHED),
        ("fcr", Why.NOT_ELIGIBLE),
        ("touchpoints_per_client_month", Why.CANCELLED),
        ("touchpoint_coverage", Why.FEW_DAYS),
        ("proposal_conversion_rate", Why.DRAFT),
        ("proposal_conversion_rate", Why.WITHDRAWN),
        ("proposal_conversion_rate", Why.UNDECIDED),
        ("proposal_conversion_value_rate", Why.WITHOUT_AMOUNT),
        ("referral_rate", Why.NOT_ACTIVE),
        ("testimonials", Why.NOT_USABLE),
        ("on_time_delivery_rate", Why.CANCELLED),
        ("am_confidence", Why.EARLIER_RATING),
        ("project_cross_sell_rate", Why.WITHOUT_PRICE),
        ("project_cross_sell_rate", Why.NOT_AT_OPENING),
    ],
)
def test_rows_left_out_say_why(book, kpi, reason):
    assert reason in {why for _, why in reasons(kpi)}


@pytest.mark.parametrize(
    "kpi",
    [
        "nps",
        "sla_attainment",
        "fcr",
        "touchpoint_coverage",
        "proposal_conversion_rate",
        "testimonials",
        "mrr",
        "new_mrr",
        "project_cross_sell_rate",
    ],
)
def test_what_comes_after_the_day_is_left_out_as_later(book, kpi):
    assert Why.LATER in {why for _, why in reasons(kpi, period="2026-04", as_of="2026-04-08")}


def test_what_is_not_due_yet_is_left_out(book):
    assert {why for _, why in reasons("on_time_delivery_rate", period="2026-04", as_of="2026-04-10")} == {
        Why.NOT_DUE
    }


def test_no_row_is_counted_and_left_out(book):
    twice = []
    for kpi in DEFINITIONS:
        evidence = list_evidence(question("2026-03", as_of="2026-05-31", **ALL_CHOSEN), kpi, None)
        counted = [{key: value for key, value in row.items() if key not in ADDED} for row in evidence.counted]
        twice += [(kpi, row) for row in evidence.excluded if without_reason(row) in counted]

    assert twice == []


ADDED = ("numerator", "denominator", "n", "gained", "lost")


def without_reason(row):
    return {key: value for key, value in row.items() if key != "reason"}


def test_a_small_group_hides_what_was_left_out_too(book):
    evidence = list_evidence(question("2026-03", as_of="2026-05-31", by="client"), "nps", "grows")

    assert (evidence.counted, evidence.excluded) == ([], [])


def test_a_kpi_that_is_not_kept_for_a_slice_has_no_rows(book):
    evidence = list_evidence(question("2026-03", by="service"), "nps", "seo")

    assert (evidence.counted, evidence.excluded, evidence.totals.value) == ([], [], None)


def test_a_kpi_that_the_agency_does_not_count_has_no_rows(book):
    evidence = list_evidence(question("2026-03"), "project_cross_sell_rate", None)

    assert (evidence.counted, evidence.excluded, evidence.totals.value) == ([], [], None)


def test_a_project_belongs_to_who_had_the_client_at_the_opening(book):
    told = {
        key: reasons("project_cross_sell_rate", key=key, by="am", as_of="2026-03-31") for key in ("ada", "bo")
    }

    assert ("moves", Why.OTHER_SLICE_BEFORE) in told["ada"]
    assert ("moves", Why.OTHER_SLICE_BEFORE) not in told["bo"]


def test_rows_that_do_not_add_up_are_told_apart():
    rows = [{"mrr": "10.000000"}, {"mrr": "0.333333333333333333333333333333"}]

    assert as_text(add_up("mrr", rows).value) == "10.333333"
    assert (
        as_text(add_up("client_retention_rate", [{"is_retained": True}, {"is_retained": False}]).value)
        == "0.500000"
    )
    assert add_up("client_retention_rate", []).value is None
