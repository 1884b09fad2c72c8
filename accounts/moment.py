"""Now, here: the one place in which a page's view learns the time, the agency's day and its settings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import AgencySettings
from accounts.selectors import get_settings
from agencyam.periods import local_day


@dataclass(frozen=True)
class Moment:
    """An instant, the agency's local day on which it falls, and the agency's settings."""

    now: datetime
    today: date
    settings: AgencySettings


def moment_of(request: HttpRequest) -> Moment:
    """The same moment for everything that one HTTP request does; one query, on first use."""
    moment: Moment | None = getattr(request, "_moment", None)
    if moment is None:
        settings, now = get_settings(), timezone.now()
        moment = Moment(now=now, today=local_day(now, settings.time_zone), settings=settings)
        request._moment = moment  # type: ignore[attr-defined]
    return moment


class AgencyTimeMiddleware:
    """Shows instants in the agency's zone on the pages of members."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not hasattr(request, "agency") or not request.user.is_authenticated:
            return self.get_response(request)
        with timezone.override(ZoneInfo(moment_of(request).settings.time_zone)):
            return self.get_response(request)
