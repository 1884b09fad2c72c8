"""When a member's morning is. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time

from agencyam.jobs.localtime import at_local
from agencyam.periods import local_day

USUAL_HOUR = 8


@dataclass(frozen=True)
class Morning:
    """The hour of the morning mail by the clock of a zone (IANA); without one by the agency's clock."""

    hour: int = USUAL_HOUR
    zone: str = ""

    def day_of(self, now: datetime, agency_zone: str) -> date:
        """The member's day at an instant."""
        return local_day(now, self.zone or agency_zone)

    def on(self, day: date, agency_zone: str) -> datetime:
        """The instant of the mail on the member's day."""
        return at_local(day, time(self.hour), self.zone or agency_zone)
