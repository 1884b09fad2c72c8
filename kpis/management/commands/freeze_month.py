import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from accounts.selectors import get_settings
from agencyam.commands import BAD_DATA, WRONG_ARGUMENTS, AgencyCommand
from agencyam.periods import BadPeriod, local_day
from clients.exchange.progress import Bar
from kpis.frozen import services
from kpis.frozen.months import parse_month


class Command(AgencyCommand):
    help = "Closes a month: keeps its figures with their rows, so that a later correction shows as restated."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("month", metavar="MONTH", help="A month that is over, such as 2026-09.")

    def handle_agency(self, options: dict[str, Any]) -> None:
        now, settings = timezone.now(), get_settings()
        try:
            month = parse_month(options["month"])
        except BadPeriod as error:
            raise CommandError(str(error), returncode=WRONG_ARGUMENTS) from error
        today = local_day(now, settings.time_zone)
        bar = Bar(sys.stderr)
        try:
            frozen = services.freeze_month(
                month=month, today=today, now=now, by=None, settings=settings, progress=bar
            )
        except services.CannotFreezeMonth as error:
            raise CommandError(str(error), returncode=BAD_DATA) from error
        finally:
            bar.clear()
        self.stdout.write(
            f"{settings.name}: {month.label} is frozen, {frozen.figures.count():,} figures as of {frozen.as_of}."
        )
