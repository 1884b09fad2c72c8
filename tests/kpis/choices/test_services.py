"""Choices that change from a day on: what holds when, which version that makes, and what is refused."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from accounts.selectors import get_settings
from accounts.services.settings import update_settings
from agencyam.tenancy.context import tenant_context
from kpis.choices import selectors, services
from kpis.frozen.models import FrozenMonth
from kpis.models import ChoiceChange
from tests.factories.accounts import OwnerFactory

pytestmark = pytest.mark.usefixtures("agency")

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOW.date()
NOVEMBER = date(2026, 11, 1)


def change(value, *, name="max_pause_days", from_on=NOVEMBER, by=None):
    return services.change_choice(by=by, name=name, value=value, from_on=from_on, today=TODAY, now=NOW)


def freeze(month: date) -> FrozenMonth:
    return FrozenMonth.objects.create(
        starts_on=month, as_of=TODAY, frozen_at=NOW, currency="EUR", digest="0" * 64
    )


def test_choice_holds_from_its_day_on():
    change(90)

    assert selectors.value_on("max_pause_days", date(2026, 10, 31)) == 180
    assert selectors.value_on("max_pause_days", NOVEMBER) == 90
    assert get_settings().max_pause_days == 90


def test_change_makes_a_version_of_the_definitions_that_it_touches():
    change(90)

    assert selectors.definition_version("client_retention_rate", date(2026, 10, 31)) == 1
    assert selectors.definition_version("client_retention_rate", NOVEMBER) == 2
    assert selectors.definition_version("nps", NOVEMBER) == 1


def test_two_choices_count_together_in_the_definition_that_both_touch():
    change(Decimal("0.6"), name="gross_margin", from_on=date(2026, 6, 1))
    change(6, name="clv_window_months")

    versions = selectors.list_versions("clv")

    assert [(version.number, version.from_on) for version in versions] == [
        (1, None),
        (2, date(2026, 6, 1)),
        (3, NOVEMBER),
    ]
    assert selectors.definition_version("clv", date(2026, 7, 1)) == 2


def test_change_keeps_who_decided_what_when():
    owner = OwnerFactory()

    row = change(Decimal("0.625"), name="gross_margin", by=owner)

    row.refresh_from_db()
    assert (row.version, row.old, row.new, row.from_on) == (2, "1", "0.625", NOVEMBER)
    assert (row.by, row.at) == (owner, NOW)


def test_change_is_in_the_audit_trail():
    owner = OwnerFactory()

    change(90, by=owner)

    event = AuditEvent.objects.get(action="choice.change")
    assert (event.actor, event.changes) == (owner, {"max_pause_days": [180, 90], "from": "2026-11-01"})


def test_later_change_waits_for_its_day():
    change(90, from_on=date(2027, 1, 1))

    assert get_settings().max_pause_days == 180
    assert selectors.settings_on(date(2026, 12, 31)).max_pause_days == 180
    assert selectors.settings_on(date(2027, 1, 1)).max_pause_days == 90


def test_night_stores_a_change_whose_day_has_come():
    change(90, from_on=date(2027, 1, 1))

    early = services.apply_due(today=date(2026, 12, 31))
    due = services.apply_due(today=date(2027, 1, 1))

    assert (early, due) == ([], ["max_pause_days"])
    assert get_settings().max_pause_days == 90
    assert ChoiceChange.objects.count() == 1


def test_same_value_is_no_change():
    with pytest.raises(services.CannotChangeChoice, match="It is 180 days on that day already"):
        change(180)


def test_frozen_month_keeps_its_choices():
    freeze(date(2026, 10, 1))

    with pytest.raises(services.CannotChangeChoice, match="before 1 November 2026 are frozen"):
        change(90, from_on=date(2026, 10, 31))

    assert change(90).from_on == NOVEMBER


def test_changes_do_not_run_backwards():
    change(90)

    with pytest.raises(services.CannotChangeChoice, match="from 1 November 2026 on"):
        change(120, from_on=date(2026, 6, 1))


def test_change_of_the_same_day_is_a_version_of_its_own():
    change(90)
    change(120)

    assert selectors.value_on("max_pause_days", NOVEMBER) == 120
    assert selectors.definition_version("client_retention_rate", NOVEMBER) == 3


def test_unknown_choice_is_refused():
    with pytest.raises(services.CannotChangeChoice, match="no choice called 'colour'"):
        change(1, name="colour")


def test_impossible_value_is_refused_also_for_later():
    with pytest.raises(ValidationError, match="above 0 and at most 1"):
        change(Decimal(2), name="gross_margin", from_on=date(2027, 1, 1))

    assert not ChoiceChange.objects.exists()


def test_change_that_has_not_begun_can_be_withdrawn():
    planned = change(90, from_on=date(2027, 1, 1))

    services.withdraw_change(by=None, change=planned, today=TODAY)

    assert selectors.value_on("max_pause_days", date(2027, 1, 1)) == 180
    assert AuditEvent.objects.filter(action="choice.withdraw").count() == 1


def test_change_that_has_begun_stays():
    begun = change(90)

    with pytest.raises(services.CannotWithdrawChange):
        services.withdraw_change(by=None, change=begun, today=TODAY)

    assert ChoiceChange.objects.count() == 1


def test_only_the_latest_change_can_be_withdrawn():
    planned = change(90, from_on=date(2027, 1, 1))
    change(60, from_on=date(2027, 2, 1))

    with pytest.raises(services.CannotWithdrawChange):
        services.withdraw_change(by=None, change=planned, today=TODAY)

    assert ChoiceChange.objects.count() == 2


def test_undated_change_holds_from_the_beginning_while_nothing_is_closed():
    update_settings(by=None, max_pause_days=90)

    assert not ChoiceChange.objects.exists()
    assert selectors.value_on("max_pause_days", date(2020, 1, 1)) == 90


@time_machine.travel(NOW, tick=False)
def test_undated_change_leaves_frozen_months_alone():
    freeze(date(2026, 9, 1))

    update_settings(by=None, max_pause_days=90, name="Northwind & Co")

    row = ChoiceChange.objects.get()
    assert (row.name, row.old, row.new, row.from_on) == ("max_pause_days", 180, 90, NOVEMBER)
    assert selectors.value_on("max_pause_days", date(2026, 9, 30)) == 180


@time_machine.travel(NOW, tick=False)
def test_undated_change_of_what_was_dated_is_a_further_version():
    change(90, from_on=date(2026, 11, 10))

    update_settings(by=None, max_pause_days=60)

    assert selectors.value_on("max_pause_days", date(2026, 11, 9)) == 180
    assert selectors.value_on("max_pause_days", date(2026, 11, 10)) == 60
    assert selectors.definition_version("closing_clients", TODAY) == 3


@time_machine.travel(NOW, tick=False)
def test_undated_change_drops_what_was_planned_against_another_value():
    change(90, from_on=date(2027, 1, 1))

    update_settings(by=None, max_pause_days=60)

    assert selectors.value_on("max_pause_days", date(2027, 1, 1)) == 60
    assert services.apply_due(today=date(2027, 1, 1)) == []


def test_choices_of_another_agency_change_nothing_here(other_agency):
    change(90)

    with tenant_context(other_agency):
        value = selectors.value_on("max_pause_days", TODAY)

    assert value == 180
