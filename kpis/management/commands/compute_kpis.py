from typing import Any

from django.utils import timezone

from accounts.selectors import get_settings
from agencyam.commands import AgencyCommand
from agencyam.periods import local_day
from kpis import services
from kpis.alerts import tasks as alert_tasks
from kpis.frozen import restating


class Command(AgencyCommand):
    help = "Computes and stores what the scorecard shows, as the nightly job does."

    def handle_agency(self, options: dict[str, Any]) -> None:
        now = timezone.now()
        settings = get_settings()
        today = local_day(now, settings.time_zone)
        done = services.compute_nightly(today=today, now=now)
        restating.notice_overnight(today=today, now=now, settings=settings)
        alert_tasks.look(now=now)
        self.stdout.write(f"{settings.name}: {done} readings stored, as of {today}.")
