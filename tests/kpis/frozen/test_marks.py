"""What a number of a closed month carries beside it."""

from datetime import date
from decimal import Decimal

import pytest

from agencyam.periods import parse_period
from clients.models import ContractLine
from kpis.frozen import selectors
from kpis.frozen.marks import Mark
from kpis.frozen.models import FrozenFigure, FrozenMonth, Restatement
from tests.kpis.books import line
from tests.kpis.frozen.closing import SEPTEMBER, freeze, look_again
from tests.queries import queries_of

MONTH = FrozenMonth(starts_on=date(2026, 9, 1), as_of=date(2026, 10, 6))
FIGURE = FrozenFigure(display="91.2%", value=Decimal("0.912"))


def restated(**fields) -> Restatement:
    figures = {"old_value": Decimal("0.912"), "new_value": Decimal("0.901"), "old_n": 10, "new_n": 10}
    return Restatement(**(figures | {"new_display": "90.1%"} | fields))


@pytest.mark.parametrize(
    ("restatement", "words", "is_restated"),
    [
        (None, "Reported on 7 Oct", False),
        (restated(), "Restated: reported 91.2% on 7 Oct, now 90.1%", True),
        (
            restated(is_matured=True),
            "Restated: reported 91.2% on 7 Oct, now 90.1% (what came later counts; nothing was corrected)",
            True,
        ),
        (restated(is_back=True), "Back to 91.2%, as reported on 7 Oct", False),
        (restated(new_value=Decimal("0.912")), "As reported on 7 Oct, but of other rows", False),
        (
            restated(new_value=Decimal("0.912"), new_n=11),
            "Restated: still 91.2% as reported on 7 Oct, but of other figures",
            True,
        ),
        (
            restated(new_value=Decimal("0.9121"), new_display="91.2%"),
            "Restated beyond the decimals shown: 91.2% as reported on 7 Oct",
            True,
        ),
    ],
)
def test_a_mark_says_what_was_reported_and_what_it_is_now(restatement, words, is_restated):
    mark = Mark(MONTH, FIGURE, restatement)

    assert (mark.words, mark.is_restated) == (words, is_restated)


def test_a_slice_that_was_not_reported_says_so():
    mark = Mark(MONTH, None, restated())

    assert (mark.words, mark.reported) == ("Restated: not in the report of 7 Oct, now 90.1%", "–")
    assert mark.short == "Not in the report of 7 Oct"


def test_a_late_freeze_is_told_with_its_year():
    late = FrozenMonth(starts_on=date(2025, 9, 1), as_of=date(2026, 10, 6))

    assert Mark(late, FIGURE, None).words == "Reported on 7 Oct 2026"


def test_both_numbers_of_a_restated_month_are_there(agency):
    line("alder", 100, "2025-01-01")
    month = freeze()
    ContractLine.objects.update(amount=Decimal(120))
    look_again(month)

    mark = selectors.get_marks(period=SEPTEMBER, by="agency", key="")["mrr"]

    assert (mark.frozen.value, mark.reported, mark.now, mark.is_restated) == (100, "€100.00", "€120.00", True)


def test_a_month_as_reported_has_marks_without_a_restatement(agency):
    line("alder", 100, "2025-01-01")
    freeze()

    marks = selectors.get_marks(period=SEPTEMBER, by="client", key="alder", kpis=["mrr", "arr"])

    assert {kpi: (mark.reported, mark.now) for kpi, mark in marks.items()} == {
        "mrr": ("€100.00", "€100.00"),
        "arr": ("€1,200.00", "€1,200.00"),
    }


@pytest.mark.parametrize("name", ["2026-08", "2026Q3", "2026", "2026-09-01..2026-09-15"])
def test_only_a_closed_month_has_marks(agency, name):
    freeze()

    assert selectors.get_marks(period=parse_period(name, as_of=date(2026, 11, 1))) == {}


def test_marks_take_three_queries_and_one_while_the_month_is_open(agency):
    before = len(queries_of(lambda: selectors.get_marks(period=SEPTEMBER)))
    freeze()

    assert (before, len(queries_of(lambda: selectors.get_marks(period=SEPTEMBER)))) == (1, 3)
