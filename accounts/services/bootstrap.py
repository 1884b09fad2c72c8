from django.db import transaction

from accounts.models import AgencySettings
from accounts.services import audit


@transaction.atomic
def prepare_agency(*, name: str) -> AgencySettings:
    """Give a new agency its settings row. Called once, when its schema is made."""
    settings = AgencySettings(pk=AgencySettings.ONLY_ID, name=name)
    settings.full_clean()
    settings.save(force_insert=True)
    audit.record(by=None, action="agency.create", target=settings)
    return settings
