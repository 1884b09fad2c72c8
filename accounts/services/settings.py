from typing import Any
from zoneinfo import available_timezones

from django.db import transaction
from django.utils import timezone

from accounts.models import AgencySettings, User
from accounts.services import audit
from accounts.services.schedules import set_default_schedules
from agencyam.exceptions import Refused

AGENCY_FIELDS = frozenset(
    {
        "name",
        "time_zone",
        "currency",
        "fiscal_year_start_month",
        "gross_margin",
        "clv_window_months",
        "max_pause_days",
        "proposal_expiry_days",
        "fcr_window_days",
        "client_basis",
        "csat_satisfied_scores",
        "is_portfolio_private",
        "brand_color",
        "accent_color",
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
    if "time_zone" in fields and fields["time_zone"] not in available_timezones():
        raise CannotUpdateSettings(f"There is no time zone called {fields['time_zone']}.")
    settings = AgencySettings.objects.get_solo()
    before = {name: _recordable(getattr(settings, name)) for name in fields}
    for name, value in fields.items():
        setattr(settings, name, value)
    settings.full_clean(validate_unique=False)
    settings.save()
    after = {name: _recordable(value) for name, value in fields.items()}
    changes = audit.changed_fields(before, after)
    if "time_zone" in changes:
        # Planning starts from the present, whoever asks.
        set_default_schedules(time_zone=settings.time_zone, now=timezone.now())
    if changes:
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


def _recordable(value: Any) -> Any:
    """A picture is recorded by its size alone."""
    return f"{len(value)} bytes" if isinstance(value, bytes | memoryview) else value
