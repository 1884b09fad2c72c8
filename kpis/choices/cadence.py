"""The cadence as a form asks for it: a band of conversations a month, and others for some tiers and segments."""

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from accounts.cadence import MOST_A_MONTH, SEGMENT, USUAL, check_cadence, read_cadence
from clients.book import selectors as book_selectors
from clients.book.models import Client
from kpis.choices.lines import Lines, LinesField

OTHERS = "All clients"
OTHER_CLIENTS = "All other clients"


def cadence_field() -> LinesField:
    return LinesField(
        Lines(
            list_names=_list_names,
            read=_read,
            write=lambda band: tuple(map(str, band)),
            most=MOST_A_MONTH,
            columns=("at least", "at most"),
            usual=list(USUAL),
        )
    )


def cadence_words(stored: Mapping[str, Any]) -> str:
    """Such as: 2 to 4 a month; tier gold 3 to 6; segment Retail 1 to 2."""
    cadence = read_cadence(stored)
    tiers = [f"tier {tier} {band.words}" for tier, band in sorted(cadence.tiers.items())]
    segments = [f"segment {name} {band.words}" for name, band in sorted(cadence.segments.items())]
    return "; ".join([f"{cadence.usual.words} a month", *tiers, *segments])


def _list_names(own: Collection[str]) -> dict[str, str]:
    """Everybody else first, then the tiers and the segments that there are or that have a band."""
    clients = Client.objects.all()
    segments = [f"{SEGMENT}{name}" for name in book_selectors.list_segments(clients=clients)]
    keys = {*own, *book_selectors.list_tiers(clients=clients), *segments} - {"", SEGMENT}
    # A tier that is called like a segment's line has no line of its own.
    tiers = {key: f"Tier {key}" for key in sorted(keys) if not key.startswith(SEGMENT)}
    others = {key: f"Segment {key.removeprefix(SEGMENT)}" for key in sorted(keys) if key.startswith(SEGMENT)}
    return {"": OTHER_CLIENTS if keys else OTHERS, **tiers, **others}


def _read(label: str, numbers: tuple[str, ...]) -> list[int]:
    try:
        band = [int(number) for number in numbers]
        check_cadence({"": band})
    except ValueError:
        raise ValidationError(f"{label}: write two whole numbers.") from None
    except ValidationError:
        raise ValidationError(
            f"{label}: write two whole numbers from 0 to {MOST_A_MONTH}, the smaller one first."
        ) from None
    return band
