"""Closing a month keeps every figure of every slice with its rows, for good."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEvent
from accounts.services.settings import update_settings
from agencyam.tenancy.context import tenant_context
from kpis.choices.services import change_choice
from kpis.formulas.catalogue import DEFINITIONS
from kpis.frozen import services
from kpis.frozen.evidence import unpack
from kpis.frozen.models import FrozenEvidence, FrozenFigure, FrozenMonth, Restatement
from kpis.targeting.services import set_target
from tests.factories.accounts import MemberFactory
from tests.factories.clients import AssignmentFactory, RequestFactory
from tests.kpis.books import ALWAYS_COUNTED, client, line
from tests.kpis.frozen.closing import freeze, look_again

pytestmark = pytest.mark.usefixtures("agency")


@pytest.fixture
def book():
    """Ada looks after a client of 300 that stays and one of 100 that left in September; nobody after a third."""
    ada = MemberFactory(name="Ada", book_id="ada")
    line("stays", 300, "2025-01-01")
    line("left", 100, "2025-01-01", "2026-09-20")
    line("alone", 600, "2025-01-01")
    for name in ("stays", "left"):
        AssignmentFactory(client=client(name), member=ada, starts_on=date(2025, 1, 1))


def figure(kpi: str, by: str = "agency", key: str = "") -> FrozenFigure:
    return FrozenFigure.objects.get(kpi=kpi, by=by, slice_key=key)


def test_figures_are_kept_with_all_that_judges_them(book):
    set_target(kpi="client_retention_rate", low=Decimal("0.8"), starts_on=date(2026, 1, 1), by=None)

    month = freeze()

    kept = figure("client_retention_rate")
    assert (kept.value, kept.numerator, kept.denominator, kept.n) == (
        Decimal("0.666667"),
        Decimal(2),
        Decimal(3),
        3,
    )
    assert (kept.display, kept.status, kept.definition_version) == ("66.7%", "not_judged", 1)
    assert (kept.ci_low, kept.ci_high, kept.target) == (
        Decimal("0.207660"),
        Decimal("0.938508"),
        Decimal("0.981577"),
    )
    assert (month.as_of, month.frozen_on, month.currency) == (date(2026, 10, 6), date(2026, 10, 7), "EUR")


def test_every_kpi_is_kept_in_every_slice_that_it_exists_in(book):
    freeze()

    kinds = {
        kpi: set(FrozenFigure.objects.filter(kpi=kpi).values_list("by", flat=True)) for kpi in ALWAYS_COUNTED
    }
    has_team = FrozenFigure.objects.filter(by="team").exists()
    assert kinds == {
        kpi: set(DEFINITIONS[kpi].slices) - (set() if has_team else {"team"}) for kpi in ALWAYS_COUNTED
    }
    mrr = FrozenFigure.objects.filter(kpi="mrr").exclude(by="agency").exclude(by="team")
    assert {(row.by, row.slice_key): row.value for row in mrr} == {
        ("am", "ada"): 300,
        ("am", "unassigned"): 600,
        ("segment", "unassigned"): 900,
        ("service", "retainer"): 900,
        ("client", "stays"): 300,
        ("client", "left"): 0,
        ("client", "alone"): 600,
    }


def test_an_undefined_figure_keeps_its_reason():
    freeze()

    assert (figure("nrr").value, figure("nrr").reason) == (None, "no_opening_mrr")


def test_the_rows_of_every_slice_are_kept(book):
    month = freeze()

    kept = unpack(month.evidence.get(kpi="mrr").content)
    assert [row["client"] for row in kept["am", "ada"]] == ["stays"]
    assert sorted(row["client"] for row in kept["agency", ""]) == ["alone", "stays"]
    assert FrozenEvidence.objects.count() == len(ALWAYS_COUNTED)


def test_slices_of_other_rows_have_other_digests(book):
    freeze()

    assert figure("mrr").digest != figure("mrr", "am", "ada").digest
    assert figure("mrr", "am", "ada").digest == figure("mrr", "client", "stays").digest


def test_a_freeze_is_recorded(book):
    ada = MemberFactory(name="Olga")

    month = freeze(by=ada)

    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.actor, event.target_label) == ("month.freeze", ada, "September 2026")
    assert event.changes["digest"] == month.digest


def test_a_month_that_is_not_over_cannot_be_frozen():
    with pytest.raises(services.CannotFreezeMonth) as refused:
        freeze(on="2026-09-30")

    assert str(refused.value) == (
        "September 2026 cannot be frozen before it is over: its last day is 30 September 2026."
    )


def test_on_the_first_day_after_it_a_month_can_be_frozen(book):
    assert freeze(on="2026-10-01").as_of == date(2026, 9, 30)


def test_a_month_is_frozen_once(book):
    freeze()

    with pytest.raises(services.CannotFreezeMonth) as refused:
        freeze(on="2026-10-09")

    assert str(refused.value) == "September 2026 is frozen already, since 7 October 2026."
    assert FrozenMonth.objects.count() == 1


@pytest.mark.parametrize(
    "write",
    [
        "UPDATE kpis_frozenmonth SET as_of = as_of + 1",
        "DELETE FROM kpis_frozenmonth",
        "UPDATE kpis_frozenfigure SET value = 1",
        "DELETE FROM kpis_frozenfigure",
        "UPDATE kpis_frozenevidence SET kpi = 'x'",
        "DELETE FROM kpis_frozenevidence",
        "UPDATE kpis_restatement SET is_back = true",
        "DELETE FROM kpis_restatement",
    ],
)
def test_the_database_refuses_to_change_what_was_reported(book, write):
    month = freeze()
    line("late", 50, "2026-09-10")
    look_again(month)

    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        connection.cursor().execute(write)

    assert Restatement.objects.exists()


def test_a_definition_of_the_month_is_kept_when_a_later_month_is_counted_otherwise(book):
    update_settings(by=None, gross_margin=Decimal("0.5"))
    now = datetime(2026, 10, 1, tzinfo=UTC)
    change_choice(
        by=None,
        name="gross_margin",
        value=Decimal("0.8"),
        from_on=date(2026, 10, 1),
        today=date(2026, 10, 1),
        now=now,
    )

    freeze("2026-09", on="2026-10-07")
    freeze("2026-10", on="2026-11-06")

    versions = FrozenFigure.objects.filter(kpi="clv", by="agency").order_by("month__starts_on")
    assert [(row.month.starts_on.month, row.definition_version) for row in versions] == [(9, 1), (10, 2)]


def test_a_month_keeps_only_what_was_counted_in_it(book):
    first = date(2026, 10, 1)
    now = datetime(2026, 10, 1, tzinfo=UTC)
    for name, value in (("include_one_off", True), ("service_margins", {"retainer": "0.2"})):
        change_choice(by=None, name=name, value=value, from_on=first, today=first, now=now)

    freeze("2026-09", on="2026-10-07")
    freeze("2026-10", on="2026-11-06")

    kept = FrozenFigure.objects.filter(kpi__in=("clv", "project_cross_sell_rate"), by="agency")
    versions = kept.values_list("month__starts_on__month", "kpi", "definition_version")
    assert sorted(versions) == [(9, "clv", 1), (10, "clv", 2), (10, "project_cross_sell_rate", 2)]


def test_a_fresh_month_is_kept_as_provisional_for_first_contact(book):
    RequestFactory(
        client=client("stays"),
        opened_at=datetime(2026, 9, 10, 9, tzinfo=UTC),
        resolved_at=datetime(2026, 9, 10, 10, tzinfo=UTC),
    )

    freeze(on="2026-10-07")

    assert (figure("fcr").is_provisional, figure("mrr").is_provisional) == (True, False)


def test_another_agency_keeps_nothing(agency_beside, book):
    freeze()

    with tenant_context(agency_beside):
        kept = FrozenMonth.objects.count()

    assert kept == 0
