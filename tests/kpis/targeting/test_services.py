"""Targets that are agreed from a day on, ended, and kept in the trail."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from kpis.models import Target
from kpis.targeting import services
from tests.factories.accounts import MemberFactory

pytestmark = pytest.mark.usefixtures("agency")


def nps(low: int, starts_on: date, **fields) -> Target:
    return services.set_target(kpi="nps", low=Decimal(low), starts_on=starts_on, by=None, **fields)


def test_new_target_ends_the_one_before_and_is_recorded():
    member = MemberFactory()
    services.set_target(kpi="nps", low=Decimal(60), starts_on=date(2025, 1, 1), by=member)

    services.set_target(kpi="nps", low=Decimal(70), starts_on=date(2026, 1, 1), by=member)

    targets = Target.objects.order_by("starts_on")
    assert [(row.low, row.ends_on) for row in targets] == [(60, date(2026, 1, 1)), (70, None)]
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.changes) == ("target.set", {"low": "70", "high": None, "from": "2026-01-01"})


def test_target_of_the_same_day_is_replaced():
    services.set_target(kpi="nps", low=Decimal(60), starts_on=date(2025, 1, 1), by=None)
    services.set_target(kpi="nps", low=Decimal(50), starts_on=date(2025, 1, 1), by=None)

    assert [row.low for row in Target.objects.all()] == [50]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"scope": "segment"}, "every other target names one"),
        ({"high": Decimal(1)}, "not below its lower edge"),
        ({"scope": "service", "key": "x"}, "not a valid choice"),
    ],
)
def test_impossible_target_is_refused(fields, message):
    with pytest.raises(ValidationError, match=message):
        services.set_target(kpi="nps", low=Decimal(60), starts_on=date(2025, 1, 1), by=None, **fields)


def test_unknown_kpi_has_no_target():
    with pytest.raises(services.CannotSetTarget, match="There is no KPI called 'nps2'"):
        services.set_target(kpi="nps2", low=Decimal(60), starts_on=date(2025, 1, 1), by=None)


def test_target_that_would_have_ended_later_makes_way():
    nps(60, date(2025, 1, 1), ends_on=date(2026, 6, 1))

    nps(70, date(2026, 1, 1))

    targets = Target.objects.order_by("starts_on")
    assert [(row.low, row.ends_on) for row in targets] == [(60, date(2026, 1, 1)), (70, None)]


def test_trail_says_what_a_target_replaced():
    nps(60, date(2026, 2, 1))

    nps(50, date(2026, 1, 1))

    event = AuditEvent.objects.latest("pk")
    assert event.changes["replaced"] == [{"low": "60.000000", "high": None, "from": "2026-02-01"}]


def test_targets_of_other_slices_stay():
    nps(60, date(2025, 1, 1), scope="am", key="ada")

    nps(70, date(2025, 1, 1))

    assert Target.objects.filter(ends_on__isnull=True).count() == 2


def test_target_ends_on_a_day():
    target, member = nps(60, date(2025, 1, 1)), MemberFactory()

    services.end_target(by=member, target=target, ends_on=date(2026, 1, 1))

    target.refresh_from_db()
    event = AuditEvent.objects.latest("pk")
    assert target.ends_on == date(2026, 1, 1)
    assert (event.action, event.actor, event.changes) == (
        "target.end",
        member,
        {"until": [None, "2026-01-01"]},
    )


def test_target_that_never_held_goes():
    target = nps(60, date(2027, 1, 1))

    ended = services.end_target(by=None, target=target, ends_on=date(2026, 1, 1))

    assert ended is None
    assert not Target.objects.exists()
    assert AuditEvent.objects.latest("pk").action == "target.remove"


def test_ended_target_does_not_end_again():
    target = nps(60, date(2025, 1, 1), ends_on=date(2026, 1, 1))

    with pytest.raises(services.CannotEndTarget, match="ends on 1 January 2026 already"):
        services.end_target(by=None, target=target, ends_on=date(2026, 2, 1))
