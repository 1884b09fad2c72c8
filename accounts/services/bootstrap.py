from django.db import transaction
from django.utils import timezone

from accounts.models import AgencySettings
from accounts.services import audit
from accounts.services.schedules import set_default_schedules


@transaction.atomic
def prepare_agency(*, name: str) -> AgencySettings:
    """Give a new agency its settings row and its nightly work. Called once, when its schema is made."""
    settings = AgencySettings(pk=AgencySettings.ONLY_ID, name=name)
    settings.full_clean()
    settings.save(force_insert=True)
    # The kernel calls this without a time; the first night is the next one.
    set_default_schedules(time_zone=settings.time_zone, now=timezone.now())
    audit.record(by=None, action="agency.create", target=settings)
    return settings
