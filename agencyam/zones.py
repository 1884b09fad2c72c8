"""The time zones that people choose from."""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError


def list_zones() -> list[str]:
    """Names by place, such as Europe/Berlin, and UTC; old abbreviations are left out."""
    return sorted(name for name in available_timezones() if "/" in name or name == "UTC")


def check_zone(name: str) -> None:
    """Raises ValidationError."""
    if name not in available_timezones():
        raise ValidationError(f"There is no time zone called {name}. Choose one such as Europe/Berlin.")
