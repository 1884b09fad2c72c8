"""`freeze_month` and `kpis` at a shell: closing a month, importing a correction, seeing both numbers."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.services.settings import update_settings
from agencyam.tenancy.context import tenant_context
from agencyam.tenancy.models import Agency
from clients.models import ContractLine
from kpis.frozen import selectors
from kpis.frozen.models import FrozenMonth
from tests.clients.exchange.books import write_book
from tests.factories.accounts import OwnerFactory
from tests.factories.clients import ChangeFactory, FxRateFactory
from tests.kpis.books import line
from tests.kpis.frozen.closing import look_again

REPOSITORY = Path(__file__).parents[3]
LINES = "line_id,client_id,service_id,kind,currency,amount,interval,starts_on\n"


@pytest.fixture(autouse=True)
def _seventh_of_october(db):
    with time_machine.travel(datetime(2026, 10, 7, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def northwind(db):
    """The agency with a client of 100; not entered."""
    agency = Agency.objects.get(slug="northwind")
    with tenant_context(agency):
        update_settings(by=None, name="Northwind", currency="EUR", time_zone="UTC")
        line("alder", 100, "2025-01-01", book_id="line-alder")
    return agency


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def error_of(*arguments: str) -> tuple[str, int]:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    return str(caught.value), caught.value.returncode


def kpis(*more: str) -> str:
    return run("kpis", "northwind", "--period", "2026-09", "--kpi", "mrr", *more)


def test_a_month_is_frozen_with_one_sentence(northwind):
    said = run("freeze_month", "northwind", "2026-09")

    with tenant_context(northwind):
        figures = FrozenMonth.objects.get().figures.count()
    assert said == f"Northwind: September 2026 is frozen, {figures:,} figures as of 2026-10-06.\n"


@pytest.mark.parametrize(
    ("arguments", "message", "code"),
    [
        (("northwind", "2026-13"), "'2026-13' is not a month: month must be in 1..12.", 2),
        (("northwind", "September"), "'September' is not a month: write it like 2026-09.", 2),
        (("nobody", "2026-09"), "There is no agency called 'nobody'.", 2),
        (
            ("northwind", "2026-10"),
            "October 2026 cannot be frozen before it is over: its last day is 31 October 2026.",
            1,
        ),
    ],
)
def test_what_cannot_be_frozen_is_one_sentence_and_a_code(northwind, arguments, message, code):
    assert error_of("freeze_month", *arguments) == (message, code)


def test_a_month_that_is_frozen_says_since_when(northwind):
    run("freeze_month", "northwind", "2026-09")

    assert error_of("freeze_month", "northwind", "2026-09") == (
        "September 2026 is frozen already, since 7 October 2026.",
        1,
    )


def test_a_missing_argument_is_one_line_on_stderr():
    found = subprocess.run(
        [sys.executable, "manage.py", "freeze_month", "northwind"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr == "The following arguments are required: MONTH.\n"


def test_without_frozen_months_the_json_has_no_new_key(northwind):
    (row,) = json.loads(kpis("--format", "json"))

    assert "reported" not in row


def test_a_frozen_month_says_what_was_reported(northwind):
    run("freeze_month", "northwind", "2026-09")

    (row,) = json.loads(kpis("--format", "json"))

    assert (row["value"], row["reported"]) == (
        "100.000000",
        {
            "value": "100.000000",
            "frozen_at": "2026-10-07T09:00:00+00:00",
            "definition_version": 1,
            "is_restated": False,
        },
    )


def test_another_period_of_that_agency_has_no_new_key(northwind):
    run("freeze_month", "northwind", "2026-09")

    found = json.loads(run("kpis", "northwind", "--period", "2026Q3", "--kpi", "mrr", "--format", "json"))

    assert ["reported" in row for row in found] == [False]


def test_a_later_import_shows_old_and_new_in_the_same_line(northwind, tmp_path):
    book = {
        "clients": "client_id,name\nc1,Alder\n",
        "services": "service_id,name\nseo,SEO\n",
    }
    first = LINES + "l1,c1,seo,recurring,EUR,50,month,2025-01-01\n"
    run("import_book", "northwind", str(write_book(tmp_path / "a", contract_lines=first, **book)))
    run("freeze_month", "northwind", "2026-09")
    second = LINES + "l1,c1,seo,recurring,EUR,80,month,2025-01-01\n"
    run("import_book", "northwind", str(write_book(tmp_path / "b", contract_lines=second, **book)))

    (row,) = json.loads(kpis("--format", "json"))
    table = kpis()

    reported = row["reported"]
    assert (row["value"], reported["value"], reported["is_restated"]) == ("180.000000", "150.000000", True)
    assert "restatement" not in reported
    assert table.splitlines()[2:] == [
        "mrr  Northwind  €180.00 *            2",
        "* mrr, Northwind: reported €150.00 on 7 Oct, now €180.00.",
    ]


def test_what_was_noticed_names_the_rows_and_who(northwind):
    run("freeze_month", "northwind", "2026-09")
    with tenant_context(northwind):
        olga, changed = OwnerFactory(name="Olga"), ContractLine.objects.get()
        ContractLine.objects.update(amount=Decimal(120))
        with time_machine.travel(datetime(2026, 10, 8, 9, tzinfo=UTC), tick=False):
            ChangeFactory(client=changed.client, label="Retainer", by=olga)
        look_again(FrozenMonth.objects.get())

    (row,) = json.loads(kpis("--format", "json"))

    told = row["reported"]["restatement"]
    (altered,) = told["rows"]["altered"]
    assert (told["value"], told["rows_altered"], altered["row"]["name"], altered["fields"]) == (
        "120.000000",
        1,
        "alder",
        {"mrr": ["100.000000", "120.000000"]},
    )
    assert [(cause["by"], cause["label"]) for cause in told["causes"]] == [("Olga", "Retainer")]
    assert kpis().splitlines()[2:] == [
        "mrr  Northwind  €120.00 *            1",
        "* mrr, Northwind: reported €100.00 on 7 Oct, now €120.00.",
        "    Row changed: alder: MRR 100 → 120",
        "    Changed by: Olga, 2026-10-08T09:00:00+00:00: Retainer · alder · Contracts",
    ]


def test_past_months_are_closed_as_they_were_known_then(northwind):
    said = run("freeze_month", "northwind", "2026-08", "--months", "2", "--as-then").splitlines()
    again = run("freeze_month", "northwind", "2026-08", "--months", "3", "--as-then").splitlines()

    with tenant_context(northwind):
        kept = list(FrozenMonth.objects.order_by("starts_on").values_list("as_of", "frozen_at"))
    assert [line.rpartition(" as of ")[2] for line in said] == ["2026-08-06.", "2026-09-06."]
    assert [line for line in again if "before" in line] == [
        "Northwind: July 2026 was frozen before.",
        "Northwind: August 2026 was frozen before.",
    ]
    assert [as_of.isoformat() for as_of, _ in kept] == ["2026-07-06", "2026-08-06", "2026-09-06"]
    assert {frozen_at for _, frozen_at in kept} == {datetime(2026, 10, 7, 9, tzinfo=UTC)}


def test_a_month_does_not_close_before_its_day(northwind):
    with time_machine.travel(datetime(2026, 10, 2, 9, tzinfo=UTC), tick=False):
        assert error_of("freeze_month", "northwind", "2026-09", "--as-then") == (
            "September 2026 does not close before 7 October 2026.",
            1,
        )


def test_the_nights_command_notices_what_an_import_changed(northwind):
    run("freeze_month", "northwind", "2026-09")
    with tenant_context(northwind):
        ContractLine.objects.update(amount=Decimal(120))

    run("compute_kpis", "northwind")

    with tenant_context(northwind):
        marks = selectors.get_marks(period=FrozenMonth.objects.get().period)
    assert marks["mrr"].words == "Restated: reported €100.00 on 7 Oct, now €120.00"


def test_what_was_known_before_the_freeze_is_no_restatement(northwind):
    run("freeze_month", "northwind", "2026-09")

    (row,) = json.loads(kpis("--as-of", "2026-09-15", "--format", "json"))

    assert (row["period"]["is_partial"], row["reported"]["is_restated"]) == (True, False)


def test_what_came_back_is_not_restated(northwind):
    run("freeze_month", "northwind", "2026-09")
    with tenant_context(northwind):
        month = FrozenMonth.objects.get()
        for amount in (120, 100):
            ContractLine.objects.update(amount=Decimal(amount))
            look_again(month)

    (row,) = json.loads(kpis("--format", "json"))

    assert row["reported"]["is_restated"] is False


def test_an_amount_in_a_currency_of_the_past_names_it(northwind):
    run("freeze_month", "northwind", "2026-09")
    with tenant_context(northwind):
        FxRateFactory(currency="EUR", effective_on=date(2025, 1, 1), rate_to_base=Decimal(2))
        update_settings(by=None, currency="USD")

    nrr, mrr = json.loads(kpis("nrr", "--format", "json"))

    assert (mrr["value"], mrr["reported"]["value"]) == ("200.000000", "100.000000")
    assert [row["reported"].get("currency") for row in (mrr, nrr)] == ["EUR", None]


def test_a_slice_that_was_not_reported_has_no_reported_key(northwind):
    run("freeze_month", "northwind", "2026-09")
    with tenant_context(northwind):
        line("cedar", 30, "2026-09-10")

    found = json.loads(kpis("--by", "client", "--format", "json"))

    assert {row["slice"]["key"]: "reported" in row for row in found} == {"alder": True, "cedar": False}
