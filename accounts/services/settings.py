from collections.abc import Mapping
from typing import Any

from django.conf import settings as django_settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import AgencySettings, User
from accounts.services import audit
from accounts.services.schedules import set_default_schedules
from agencyam.exceptions import Refused
from agencyam.zones import known_zones

AGENCY_FIELDS = frozenset(
    {
        "name",
        "time_zone",
        "currency",
        "fiscal_year_start_month",
        "gross_margin",
        "service_margins",
        "tier_weights",
        "include_one_off",
        "clv_window_months",
        "max_pause_days",
        "proposal_expiry_days",
        "fcr_window_days",
        "freeze_business_day",
        "client_basis",
        "csat_satisfied_scores",
        "reply_hours",
        "cadence",
        "is_portfolio_private",
        "brand_color",
        "accent_color",
        "heading_font",
        "logo",
        "locale",
    }
)


class CannotUpdateSettings(Refused):
    pass


@transaction.atomic
def update_settings(*, by: User | None, **fields: Any) -> AgencySettings:
    """Change the settings that `fields` names. Raises CannotUpdateSettings, ValidationError."""
    unknown = sorted(set(fields) - AGENCY_FIELDS)
    if unknown:
        raise CannotUpdateSettings(f"There is no setting called {unknown[0]}.")
    if "time_zone" in fields and fields["time_zone"] not in known_zones():
        raise CannotUpdateSettings(f"There is no time zone called {fields['time_zone']}.")
    settings = AgencySettings.objects.get_solo()
    old = {name: getattr(settings, name) for name in fields}
    for name, value in fields.items():
        setattr(settings, name, value)
    settings.full_clean(validate_unique=False)
    settings.save()
    changes = audit.changed_fields(_recordable(old), _recordable(fields))
    # Planning, and what the apps above keep of it, start from the present, whoever asks.
    now = timezone.now()
    if "time_zone" in changes:
        set_default_schedules(time_zone=settings.time_zone, now=now)
    if changes:
        after = {name: getattr(settings, name) for name in changes}
        import_string(django_settings.AGENCY_SETTINGS_CHANGED)(by=by, before=old, after=after, now=now)
        audit.record(by=by, action="settings.update", target=settings, changes=changes)
    return settings


@transaction.atomic
def update_own_settings(*, by: User, theme: str, has_single_keys: bool) -> User:
    """Change how pages look and react for the member who asks. Raises ValidationError."""
    before = {"theme": by.theme, "has_single_keys": by.has_single_keys}
    by.theme = theme
    by.has_single_keys = has_single_keys
    by.full_clean()
    by.save(update_fields=["theme", "has_single_keys"])
    after = {"theme": theme, "has_single_keys": has_single_keys}
    audit.record(by=by, action="own_settings.update", target=by, changes=audit.changed_fields(before, after))
    return by


def _recordable(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A picture is recorded by its size alone."""
    return {
        name: f"{len(value)} bytes" if isinstance(value, bytes | memoryview) else value
        for name, value in fields.items()
    }
