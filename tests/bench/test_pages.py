"""What is measured of the pages is the pages themselves, and the write that is timed is a real one."""

from datetime import date

import pytest
import time_machine

from bench.kpis.pages import Pages, WrongPage, measure_refresh, store_all
from tests.queries import queries_of


@pytest.fixture
def pages(invented):
    with time_machine.travel("2026-03-01 10:00:00+00:00"):
        yield Pages(invented)


def test_a_page_is_asked_for_as_the_leader_and_its_queries_are_counted(pages, sign_in):
    browser = sign_in(pages.leader)
    browser.get("/kpis/waterfall/")
    asked = queries_of(lambda: browser.get("/kpis/waterfall/"))

    measured = pages.measure("/kpis/waterfall/", repeats=2)

    assert measured.keys() == {"ms_p50", "ms_p95", "queries"}
    assert measured["queries"] == len([sql for sql in asked if not sql.startswith("SET ")]) > 0


def test_a_page_that_is_not_there_fails_the_run(pages):
    with pytest.raises(WrongPage):
        pages.measure("/kpis/no-such-kpi/")


def test_a_refresh_is_measured_until_the_stored_numbers_hold_the_write(pages):
    store_all(date(2026, 3, 1))

    measured = measure_refresh(pages.leader, date(2026, 3, 1))

    assert measured["refresh_values"] > 0
