from datetime import time
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AgencySettings, AuditEvent
from accounts.selectors import get_settings
from accounts.services import settings as settings_services
from agencyam.jobs.models import Schedule
from tests.factories.accounts import MemberFactory, OwnerFactory


def test_a_new_agency_has_its_name_and_the_defaults(agency):
    settings = get_settings()

    assert (settings.name, settings.max_pause_days, settings.gross_margin) == ("Northwind", 180, Decimal(1))


def test_settings_without_a_row_are_the_defaults(agency):
    AgencySettings.objects.all().delete()

    assert (get_settings().currency, get_settings().client_basis) == ("EUR", "recurring")


def test_changed_settings_are_kept_and_recorded(agency):
    owner = OwnerFactory()

    settings_services.update_settings(by=owner, currency="USD", time_zone="America/New_York")

    assert (get_settings().currency, get_settings().time_zone) == ("USD", "America/New_York")
    event = AuditEvent.objects.order_by("-pk").first()
    assert event.changes == {"currency": ["EUR", "USD"], "time_zone": ["UTC", "America/New_York"]}


def test_the_nightly_work_follows_the_agencys_zone(agency):
    settings_services.update_settings(by=None, time_zone="America/New_York")

    schedule = Schedule.objects.get(agency_id=agency.pk, kind="kpis.compute_nightly")
    assert (schedule.time_zone, schedule.local_time) == ("America/New_York", time(3, 0))


def test_unchanged_settings_leave_no_record(agency):
    before = AuditEvent.objects.count()

    settings_services.update_settings(by=None, currency="EUR")

    assert AuditEvent.objects.count() == before


def test_a_logo_is_recorded_by_its_size(agency):
    settings_services.update_settings(by=None, logo=b"1234")

    assert AuditEvent.objects.order_by("-pk").first().changes == {"logo": [None, "4 bytes"]}


def test_a_setting_must_exist(agency):
    with pytest.raises(settings_services.CannotUpdateSettings, match="no setting called color"):
        settings_services.update_settings(by=None, color="red")


def test_a_time_zone_must_exist(agency):
    with pytest.raises(settings_services.CannotUpdateSettings, match="no time zone called Mars/Base"):
        settings_services.update_settings(by=None, time_zone="Mars/Base")


def test_a_wrong_value_is_refused(agency):
    with pytest.raises(ValidationError, match="gross margin"):
        settings_services.update_settings(by=None, gross_margin=Decimal(2))


def test_own_settings_are_kept_and_recorded(agency):
    member = MemberFactory()

    settings_services.update_own_settings(by=member, theme="dark", has_single_keys=False)

    member.refresh_from_db()
    assert (member.theme, member.has_single_keys) == ("dark", False)
    assert AuditEvent.objects.order_by("-pk").first().changes == {
        "theme": ["system", "dark"],
        "has_single_keys": [True, False],
    }
