"""The commands `kpis` and `cohorts`: what they print, and one sentence when they cannot."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.services.settings import update_settings
from agencyam.tenancy.context import tenant_context
from agencyam.tenancy.models import Agency
from kpis.management.commands.kpis import Command as KpisCommand
from tests.kpis.books import line

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def northwind(db):
    """The agency with two clients, one of which leaves in March 2026; not entered."""
    agency = Agency.objects.get(slug="northwind")
    with tenant_context(agency):
        update_settings(by=None, name="Northwind", currency="EUR", time_zone="UTC")
        line("a", 100, "2025-01-01")
        line("b", 50, "2025-01-01", "2026-03-10")
    return agency


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def error_of(*arguments: str) -> tuple[str, int]:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    return str(caught.value), caught.value.returncode


def test_kpis_as_json(northwind):
    found = json.loads(
        run("kpis", "northwind", "--period", "2026-03", "--kpi", "mrr", "nrr", "--format", "json")
    )

    assert [(row["kpi"], row["value"], "rows" in row) for row in found] == [
        ("nrr", "0.666667", False),
        ("mrr", "100.000000", False),
    ]


def test_kpi_may_be_named_several_times(northwind):
    found = json.loads(
        run("kpis", "northwind", "--period", "2026-03", "--kpi", "mrr", "--kpi", "arr", "--format", "json")
    )

    assert [row["kpi"] for row in found] == ["mrr", "arr"]


def test_rows_are_the_evidence(northwind):
    found = json.loads(
        run(
            "kpis",
            "northwind",
            "--period",
            "2026-03",
            "--kpi",
            "mrr",
            "--rows",
            "--by",
            "client",
            "--format",
            "json",
        )
    )

    assert [(row["slice"], row["rows"], row["excluded"]) for row in found] == [
        (
            {"by": "client", "key": "a", "label": "a"},
            [{"client": "a", "name": "a", "mrr": "100.000000"}],
            [],
        ),
        (
            {"by": "client", "key": "b", "label": "b"},
            [],
            [
                {
                    "client": "b",
                    "name": "b",
                    "opening_mrr": "50.000000",
                    "closing_mrr": "0.000000",
                    "reason": "Left before the close",
                }
            ],
        ),
    ]


def test_rows_as_a_table(northwind):
    table = run("kpis", "northwind", "--period", "2026-03", "--kpi", "mrr", "csat", "--rows")

    assert table.splitlines()[4:] == [
        "",
        "mrr, Northwind: €100.00",
        "Counted  client  name  mrr         opening_mrr  closing_mrr  reason",
        "-------  ------  ----  ----------  -----------  -----------  ---------------------",
        "yes      a       a     100.000000",
        "no       b       b                 50.000000    0.000000     Left before the close",
        "Counted rows: 1. Not counted: 1.",
        "",
        "csat, Northwind: –",
        "Counted rows: 0. Not counted: 0.",
    ]


def test_as_of_cuts(northwind):
    found = json.loads(
        run(
            "kpis",
            "northwind",
            "--period",
            "2026-03",
            "--as-of",
            "2026-03-09",
            "--kpi",
            "mrr",
            "--format",
            "json",
        )
    )

    assert [(row["value"], row["as_of"], row["period"]["is_partial"]) for row in found] == [
        ("150.000000", "2026-03-09", True)
    ]


def test_kpis_as_a_table(northwind):
    table = run(
        "kpis", "northwind", "--period", "2026-03", "--kpi", "client_retention_rate", "quick_ratio", "mrr"
    )

    assert table.splitlines() == [
        "KPI                    Slice      Value    Interval       n  Target  Status",
        "---------------------  ---------  -------  -------------  -  ------  ------",
        "client_retention_rate  Northwind  50.0%    9.5% to 90.5%  2  99.1%",
        "mrr                    Northwind  €100.00                 1",
        "quick_ratio            Northwind  0.00                    1",
    ]


def test_table_says_why_a_value_is_missing_and_how_it_is_judged(northwind):
    with tenant_context(northwind):
        for number in range(4):
            line(f"c{number}", 100, "2025-01-01")

    table = run("kpis", "northwind", "--period", "2026-02", "--kpi", "nrr", "quick_ratio")

    assert table.splitlines()[2:] == [
        "nrr          Northwind  100.0%            6  100.0%  met",
        "quick_ratio  Northwind  –                 0          "
        "Nothing was lost in the period, so there is nothing to divide by.",
    ]


def test_cohorts_as_json_and_as_a_table(northwind):
    found = json.loads(run("cohorts", "northwind", "--to", "2025-02", "--format", "json"))
    table = run("cohorts", "northwind", "--to", "2025-02")

    assert found["cohorts"] == [
        {"month": "2025-01", "size": 2, "logos": [2, 2], "revenue": ["150.000000", "150.000000"]}
    ]
    assert table.splitlines() == [
        "Month    Clients  +0  +1",
        "-------  -------  --  --",
        "2025-01  2        2   2",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("kpis", "nobody", "--period", "2026-03"), "There is no agency called 'nobody'."),
        (("kpis", "northwind", "--period", "2026-03", "--kpi", "nps2"), "There is no KPI called 'nps2'."),
        (
            ("kpis", "northwind", "--period", "2026-03", "--as-of", "2026-02-01"),
            "The period begins on 2026-03-01, after the as-of day 2026-02-01.",
        ),
        (("cohorts", "northwind", "--to", "2026-13"), "'2026-13' is not a month: month must be in 1..12."),
        (("cohorts", "northwind", "--to", "March"), "'March' is not a month: write it like 2026-09."),
    ],
)
def test_wrong_argument_is_one_sentence_and_code_2(northwind, arguments, message):
    assert error_of(*arguments) == (message, 2)


def test_period_that_is_none_is_refused(northwind):
    message, code = error_of("kpis", "northwind", "--period", "2026-3")

    assert (message.startswith("'2026-3' is not a period; write 2026-03, 2026Q1"), code) == (True, 2)


def test_as_of_that_is_no_day_is_refused(northwind):
    with pytest.raises(CommandError, match="'soon' is not a day; write 2026-03-31"):
        run("kpis", "northwind", "--period", "2026-03", "--as-of", "soon")


def test_agency_that_is_not_ready_is_code_1(northwind):
    Agency.objects.filter(pk=northwind.pk).update(status=Agency.Status.SUSPENDED)

    assert error_of("kpis", "northwind", "--period", "2026-03") == (
        "The agency 'northwind' is suspended, not ready.",
        1,
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("northwind",), "The following arguments are required: --period.\n"),
        (
            ("northwind", "--period", "2026-03", "--as-of", "soon"),
            "Argument --as-of: 'soon' is not a day; write 2026-03-31.\n",
        ),
    ],
)
def test_from_a_shell_an_error_is_one_line_on_stderr(arguments, message):
    found = subprocess.run(
        [sys.executable, "manage.py", "kpis", *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (found.returncode, found.stdout, found.stderr) == (2, "", message)


def test_agency_that_is_not_there_is_one_line_on_stderr(northwind, capsys):
    with pytest.raises(SystemExit) as ended:
        KpisCommand().run_from_argv(["manage.py", "kpis", "nobody", "--period", "2026-03"])

    assert (ended.value.code, capsys.readouterr().err) == (2, "There is no agency called 'nobody'.\n")
