"""Time zones: which names are known, and which of them people choose from."""

from functools import lru_cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError


@lru_cache(maxsize=1)
def known_zones() -> frozenset[str]:
    """The names of all IANA time zones known here; read from the disk once."""
    return frozenset(available_timezones())


def list_zones() -> list[str]:
    """Names by place, such as Europe/Berlin, and UTC; old abbreviations are left out."""
    return sorted(name for name in known_zones() if "/" in name or name == "UTC")


def check_zone(name: str) -> None:
    """Raises ValidationError."""
    if name not in known_zones():
        raise ValidationError(f"There is no time zone called {name}. Choose one such as Europe/Berlin.")
