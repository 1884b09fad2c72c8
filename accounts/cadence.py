"""How many conversations a month a client should have: a band for the agency, others for some of its clients. Pure.

Stored as JSON: `{"": [2, 4], "gold": [3, 6], "segment:Retail": [1, 2]}`. A name is a tier, or a segment where it says
so; the blank one holds for all others, and nothing means the usual.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

MOST_A_MONTH = 60
SEGMENT = "segment:"  # how the name of a segment begins


class Band(NamedTuple):
    """From enough to the most that are not yet too many, in conversations a month."""

    minimum: int
    maximum: int

    @property
    def words(self) -> str:
        return f"{self.minimum} to {self.maximum}" if self.minimum != self.maximum else f"{self.minimum}"


USUAL = Band(2, 4)


@dataclass(frozen=True)
class Cadence:
    """The bands of an agency. What a client pays for, its tier, goes before what kind of client it is."""

    usual: Band
    tiers: dict[str, Band]
    segments: dict[str, Band]

    def of(self, tier: str, segment: str) -> Band:
        """The band of a client of this tier and segment."""
        return self.tiers.get(tier) or self.segments.get(segment) or self.usual


def read_cadence(stored: Mapping[str, Any]) -> Cadence:
    """The bands as they are stored. Raises ValidationError for what is none."""
    check_cadence(stored)
    bands = {name: Band(*edges) for name, edges in stored.items()}
    usual = bands.pop("", USUAL)
    segments = {name: bands.pop(name) for name in stored if name.startswith(SEGMENT)}
    return Cadence(usual, bands, {name.removeprefix(SEGMENT): band for name, band in segments.items()})


def check_cadence(stored: Any) -> None:
    """A validator of the stored form."""
    if not isinstance(stored, Mapping):
        raise ValidationError("The cadence is an object of bands, such as {'gold': [3, 6]}.")
    for name, edges in stored.items():
        if name == SEGMENT:
            raise ValidationError("The band of a segment needs the segment's name.")
        if not _is_band(edges):
            raise ValidationError(
                f"The band {_whose(name)} needs two whole numbers from 0 to {MOST_A_MONTH}, the smaller one first."
            )


def _whose(name: str) -> str:
    if not name:
        return "of the agency"
    return f"for segment {name.removeprefix(SEGMENT)}" if name.startswith(SEGMENT) else f"for tier {name}"


def _is_band(edges: Any) -> bool:
    if not isinstance(edges, list | tuple) or len(edges) != len(Band._fields):
        return False
    are_whole = all(isinstance(edge, int) and not isinstance(edge, bool) for edge in edges)
    return are_whole and 0 <= edges[0] <= edges[1] <= MOST_A_MONTH
