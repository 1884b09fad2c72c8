"""How many conversations a month a client should have: a band for the agency, others for some tiers. Pure.

Stored as JSON: `{"": [2, 4], "gold": [3, 6]}`; the blank tier holds for all others, and nothing means the usual.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

MOST_A_MONTH = 60


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
    """The bands of an agency."""

    usual: Band
    tiers: dict[str, Band]

    def of(self, tier: str) -> Band:
        """The band of a client of this tier."""
        return self.tiers.get(tier, self.usual)


def read_cadence(stored: Mapping[str, Any]) -> Cadence:
    """The bands as they are stored. Raises ValidationError for what is none."""
    check_cadence(stored)
    bands = {tier: Band(*edges) for tier, edges in stored.items()}
    usual = bands.pop("", USUAL)
    return Cadence(usual, bands)


def check_cadence(stored: Any) -> None:
    """A validator of the stored form."""
    if not isinstance(stored, Mapping):
        raise ValidationError("The cadence is an object of bands, such as {'gold': [3, 6]}.")
    for tier, edges in stored.items():
        if not _is_band(edges):
            name = f"for tier {tier}" if tier else "of the agency"
            raise ValidationError(
                f"The band {name} needs two whole numbers from 0 to {MOST_A_MONTH}, the smaller one first."
            )


def _is_band(edges: Any) -> bool:
    if not isinstance(edges, list | tuple) or len(edges) != len(Band._fields):
        return False
    are_whole = all(isinstance(edge, int) and not isinstance(edge, bool) for edge in edges)
    return are_whole and 0 <= edges[0] <= edges[1] <= MOST_A_MONTH
