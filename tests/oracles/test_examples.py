"""Worked examples on both routes: from the book through the public commands, and from the facts.

Import a book, read the answers; beside an agency full of noise.
"""

import json
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from accounts.selectors import get_settings
from agencyam.periods import Period
from kpis.choices.selectors import query_for
from kpis.engine import evaluate_many
from kpis.facts.builder import build_all
from tests.kpis.april import NOW
from tests.oracles import pure_kinds
from tests.oracles.book_writer import as_of, make_book, period_of
from tests.oracles.noise import make_noise

CASES = json.loads((Path(__file__).parent / "examples.json").read_text())
PURE = [case for case in CASES if case["inputs"]["kind"] in pure_kinds.ANSWERS]
COHORT = [case for case in CASES if case["inputs"]["kind"] == "cohort"]
BOOKS = [case for case in CASES if case not in PURE and case not in COHORT]

# What an example calls a figure, and the KPI and field of the JSON that hold it.
FIGURES = {
    "median_hours": ("first_response_hours", "value"),
    "p90_hours": ("first_response_hours_p90", "value"),
    "mean_hours": ("first_response_hours_mean", "value"),
    "answered": ("first_response_hours", "n"),
}
FIELDS = ("numerator", "denominator", "n", "ci_low", "ci_high")


def _ids(case: dict) -> str:
    return case["id"]


def _same(found: object, expected: dict) -> bool:
    """Equal within the tolerance, after the rounding to six decimals that text values went through."""
    wanted = expected["value"]
    if wanted is None or found is None:
        return wanted is found
    exact = Fraction(str(wanted))
    tolerance = Fraction(expected.get("tolerance") or "0")
    if isinstance(found, str):
        rounded = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
            Decimal("0.000001"), rounding=ROUND_HALF_UP
        )
        exact = Fraction(rounded)
    return abs(Fraction(found) - exact) <= tolerance


def _wrong(case: dict, results: list[dict]) -> dict:
    """What the answers say otherwise than the example."""
    main = next((name for name in case["expected"] if name not in FIELDS and name not in FIGURES), None)
    answers = {result["kpi"]: result for result in results}
    found = {}
    for name in case["expected"]:
        kpi, column = FIGURES.get(name) or ((main, name) if name in FIELDS else (name, "value"))
        found[name] = answers[kpi][column]
    return {name: found[name] for name, wanted in case["expected"].items() if not _same(found[name], wanted)}


def _json_of(command: str, *arguments: str) -> list | dict:
    out = StringIO()
    call_command(command, *arguments, "--format", "json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def noise(db, tmp_path):
    """The other agency, with a book of its own in the same days."""
    call_command("import_book", "harbour", str(make_noise().write(tmp_path / "noise")), stdout=StringIO())


@pytest.fixture
def load(noise, tmp_path):
    """Imports the book of an example into the agency."""

    def load_example(inputs: dict) -> None:
        folder = make_book(inputs).write(tmp_path / "book")
        call_command("import_book", "northwind", str(folder), stdout=StringIO())

    return load_example


def test_noise_would_be_heard(noise):
    found = _json_of(
        "kpis", "harbour", "--period", "2026-03", "--as-of", "2026-03-31", "--kpi", "mrr", "new_mrr"
    )

    assert {row["kpi"]: row["value"] for row in found} == {"mrr": "17778.000000", "new_mrr": "1497.000000"}


@pytest.mark.parametrize("case", BOOKS, ids=_ids)
def test_example_through_the_commands(case, load):
    load(case["inputs"])
    start, end = period_of(case["inputs"])

    results = _json_of("kpis", "northwind", "--period", f"{start}..{end}", "--as-of", as_of(case["inputs"]))

    assert _wrong(case, results) == {}


@pytest.mark.parametrize("case", BOOKS, ids=_ids)
def test_example_from_the_facts(case, load, agency):
    load(case["inputs"])
    settings = get_settings()
    start, end = (date.fromisoformat(day) for day in period_of(case["inputs"]))
    query = query_for(
        period=Period(start, end),
        as_of=date.fromisoformat(as_of(case["inputs"])),
        by="agency",
        settings=settings,
    )
    build_all(settings=settings, now=NOW)

    (results,) = evaluate_many([query])

    assert _wrong(case, [result.as_json() for result in results]) == {}


@pytest.mark.parametrize("case", COHORT, ids=_ids)
def test_cohort_example_through_the_command(case, load):
    load(case["inputs"])

    table = _json_of("cohorts", "northwind", "--to", case["inputs"]["to_month"])

    assert {row["month"]: row["logos"] for row in table["cohorts"]} == case["expected"]["table"]


@pytest.mark.parametrize("case", PURE, ids=_ids)
def test_pure_example(case):
    found = pure_kinds.answer(case["inputs"])

    wrong = {
        name: found[name]
        for name, wanted in case["expected"].items()
        if not (found[name] == wanted["value"] or _same(found[name], wanted))
    }
    assert wrong == {}
