"""Stored values: computed once, replaced when computed again, complete after a night."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError

from accounts.services.settings import update_settings
from agencyam.jobs.registry import get_kind
from agencyam.periods import Period, month_of
from kpis import services, tasks
from kpis.models import KPIValue
from tests.factories.accounts import MemberFactory
from tests.factories.clients import AssignmentFactory
from tests.kpis.books import ALWAYS_COUNTED, client, line
from tests.kpis.storing import compute_and_store

pytestmark = pytest.mark.usefixtures("agency")

MARCH = month_of(date(2026, 3, 1))
TODAY = date(2026, 5, 20)
NOW = datetime(2026, 5, 20, 2, tzinfo=UTC)
LATER = datetime(2026, 5, 21, 2, tzinfo=UTC)


def compute(period: Period = MARCH, by: str = "agency", now: datetime = NOW, keys=()):
    return compute_and_store(period=period, as_of=TODAY, by=by, now=now, keys=keys)


def stored(kpi: str, **slices) -> KPIValue:
    return KPIValue.objects.of_period(MARCH.start, MARCH.end).get(kpi=kpi, **slices)


def test_stored_value_is_what_the_engine_said():
    line("a", 100, "2025-01-01", interval="quarter")

    compute()

    value = stored("mrr")
    assert (value.value, value.display, value.unit, value.n) == (Decimal("33.333333"), "€33.33", "money", 1)
    assert (value.as_of, value.is_partial, value.reason, value.computed_at) == (TODAY, False, "", NOW)
    assert KPIValue.objects.count() == len(ALWAYS_COUNTED)


def test_undefined_value_keeps_its_reason():
    compute(keys=["nrr"])

    value = stored("nrr")
    assert (value.value, value.reason, value.status) == (None, "no_opening_mrr", "not_judged")


def test_computing_again_replaces():
    line("a", 100, "2025-01-01")
    compute(keys=["mrr"])
    line("b", 50, "2025-01-01")

    compute(keys=["mrr"], now=LATER)

    value = stored("mrr")
    assert (value.value, value.computed_at) == (150, LATER)


def test_slice_that_is_no_more_goes_and_other_kpis_stay():
    anna = MemberFactory(book_id="anna", name="Anna")
    line("a", 100, "2025-01-01")
    assignment = AssignmentFactory(client=client("a"), member=anna, starts_on=date(2025, 1, 1))
    compute(by="am", keys=["mrr", "arr"])
    assignment.delete()

    compute(by="am", keys=["mrr"], now=LATER)

    assert {row.slice_key for row in KPIValue.objects.filter(kpi="mrr")} == {"unassigned"}
    assert {row.slice_key for row in KPIValue.objects.filter(kpi="arr")} == {"anna"}


def test_a_kpi_that_is_no_longer_counted_goes():
    line("a", 100, "2025-01-01")

    kept = []
    for is_counted in (False, True, False):
        settings = update_settings(by=None, include_one_off=is_counted)
        services.compute_periods(periods=[MARCH], kinds=["agency"], as_of=TODAY, now=NOW, settings=settings)
        kept.append(KPIValue.objects.filter(kpi="project_cross_sell_rate").count())

    assert kept == [0, 1, 0]
    assert KPIValue.objects.count() == len(ALWAYS_COUNTED)


def test_night_computes_what_pages_show():
    services.compute_nightly(today=TODAY, now=NOW)

    periods = set(KPIValue.objects.filter(by="agency").values_list("period_start", "period_end"))
    months = [month_of(date(2023 + number // 12, number % 12 + 1, 1)) for number in range(4, 41)]
    others = [
        Period(date(2026, 4, 1), date(2026, 7, 1)),
        Period(date(2025, 4, 1), date(2025, 7, 1)),
        Period(date(2026, 1, 1), date(2026, 4, 1)),
        Period(date(2025, 5, 21), date(2026, 5, 21)),
        Period(date(2024, 5, 21), date(2025, 5, 21)),
    ]
    assert periods == {(period.start, period.end) for period in [*months, *others]}
    assert set(KPIValue.objects.values_list("by", flat=True)) == {"agency"}


def test_next_night_computes_only_what_may_have_changed():
    services.compute_nightly(today=TODAY, now=NOW)

    services.compute_nightly(today=date(2026, 5, 21), now=LATER)

    again = KPIValue.objects.filter(by="agency", kpi="mrr", computed_at=LATER).order_by("period_start")
    assert [str(row.period_start) for row in again] == [
        "2024-05-22",
        "2025-04-01",
        "2025-05-22",
        "2026-01-01",
        "2026-03-01",
        "2026-04-01",
        "2026-04-01",
        "2026-05-01",
    ]


def test_old_trailing_years_go_but_not_those_that_ended_with_a_month():
    for end in (date(2026, 5, 19), date(2026, 5, 1)):
        compute(Period(date(end.year - 1, end.month, end.day), end), keys=["mrr"])
    compute(keys=["mrr"])

    deleted = services.forget_old_trailing_years(today=TODAY)

    assert deleted == 1
    assert KPIValue.objects.filter(period_end=date(2026, 5, 1)).count() == 1


def test_jobs_are_registered_and_run():
    line("a", 100, "2025-01-01")

    tasks.compute_nightly(day="2026-05-20", later="field")

    assert stored("mrr", by="agency").value == 100
    assert get_kind("kpis.compute_nightly").queue == "scheduled"


def test_value_has_either_a_value_or_a_reason():
    compute(keys=["mrr"])

    with pytest.raises(IntegrityError, match="kpivalue_value_or_reason"):
        KPIValue.objects.update(value=None)
