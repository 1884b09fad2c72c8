"""The files behind a closed month's number: its rows as they were reported, and as known today."""

import csv
import io

import pytest

from accounts.selectors import get_settings
from kpis.frozen.restating import notice_overnight
from kpis.frozen.services import freeze_month
from tests.factories.accounts import LeaderFactory
from tests.kpis.april import MARCH, NOW
from tests.kpis.books import line

REPORTED = "&rows=reported"

pytestmark = pytest.mark.usefixtures("tenth_of_april")


@pytest.fixture
def look(sign_in):
    """A leader's browser on the numbers of March: `look(path)` answers."""
    line("grows", "399.75", "2025-01-01")
    line("comes", 60, "2026-03-02")
    browser = sign_in(LeaderFactory())
    return lambda path, more="": browser.get(f"/kpis/{path}?period=2026-03{more}")


def test_the_rows_of_a_closed_month_as_they_were_reported(look):
    freeze_month(month=MARCH, today=NOW.date(), now=NOW, by=None, settings=get_settings())
    line("late", 50, "2026-03-09")
    notice_overnight(today=NOW.date(), now=NOW, settings=get_settings())

    reported, today = look("mrr/rows.csv", REPORTED), look("mrr/rows.csv")

    lines, now = (
        list(csv.reader(io.StringIO(file.content.decode(), newline=""))) for file in (reported, today)
    )
    head, known = ({row[0]: row[1] for row in rows if len(row) == 2} for rows in (lines, now))
    assert reported["Content-Disposition"] == 'attachment; filename="mrr-2026-03-reported.csv"'
    assert (head["Known until"], head["Value"], head["Currency"]) == ("2026-04-09", "459.750000", "EUR")
    assert (known["Known until"], known["Value"]) == ("2026-04-10", "509.750000")
    assert (
        head["Closed month"] == known["Closed month"] == "Restated: reported €459.75 on 10 Apr, now €509.75"
    )
    assert known["Rows"] == "As known on 2026-04-10; those of the report are in the file as reported."
    assert lines[-3:] == [
        ["counted", "client", "name", "mrr"],
        ["yes", "grows", "grows", "399.750000"],
        ["yes", "comes", "comes", "60.000000"],
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_closed_month_offers_both_files(look, kind):
    freeze_month(month=MARCH, today=NOW.date(), now=NOW, by=None, settings=get_settings())

    page = look("nrr/").content.decode()

    assert f'href="/kpis/nrr/rows.{kind}?period=2026-03&amp;rows=reported"' in page
    assert look(f"nrr/rows.{kind}", REPORTED).status_code == 200


def test_an_open_month_has_no_file_of_a_report(look):
    page = look("mrr/").content.decode()

    assert ("rows=reported" in page, look("mrr/rows.csv", REPORTED).status_code) == (False, 404)
