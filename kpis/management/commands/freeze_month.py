import sys
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from accounts.models import AgencySettings
from accounts.selectors import get_settings
from agencyam.commands import BAD_DATA, WRONG_ARGUMENTS, AgencyCommand
from agencyam.periods import BadPeriod, Period, add_months, local_day
from clients.exchange.progress import Bar
from kpis.frozen import services
from kpis.frozen.models import FrozenMonth
from kpis.frozen.months import parse_month
from kpis.frozen.selectors import find_month


class Command(AgencyCommand):
    help = "Closes a month: keeps its figures with their rows, so that a later correction shows as restated."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("month", metavar="MONTH", help="A month that is over, such as 2026-09.")
        parser.add_argument(
            "--months",
            type=int,
            default=1,
            metavar="N",
            help="This many months, MONTH the last of them; those that are frozen stay.",
        )
        parser.add_argument(
            "--as-then",
            action="store_true",
            help="As known on the day when each should have closed; for months before the book came here.",
        )

    def handle_agency(self, options: dict[str, Any]) -> None:
        now, settings = timezone.now(), get_settings()
        try:
            last = parse_month(options["month"])
        except BadPeriod as error:
            raise CommandError(str(error), returncode=WRONG_ARGUMENTS) from error
        if options["months"] < 1:
            raise CommandError("Freeze at least one month.", returncode=WRONG_ARGUMENTS)
        first = add_months(last.start, 1 - options["months"])
        for month in Period(first, last.end).split_months():
            if options["months"] > 1 and find_month(month):
                self.stdout.write(f"{settings.name}: {month.label} was frozen before.")
                continue
            frozen = self._freeze(month, now, settings, is_then=options["as_then"])
            self.stdout.write(
                f"{settings.name}: {month.label} is frozen, {frozen.figures.count():,} figures as of {frozen.as_of}."
            )

    def _freeze(
        self, month: Period, now: datetime, settings: AgencySettings, *, is_then: bool
    ) -> FrozenMonth:
        bar = Bar(sys.stderr)
        about: dict[str, Any] = {"month": month, "now": now, "by": None, "settings": settings}
        try:
            if is_then:
                return services.close_past_month(**about, progress=bar)
            return services.freeze_month(**about, today=local_day(now, settings.time_zone), progress=bar)
        except services.CannotFreezeMonth as error:
            raise CommandError(str(error), returncode=BAD_DATA) from error
        finally:
            bar.clear()
