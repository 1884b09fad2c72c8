"""What one KPI is: its words, unit, direction, target rule and pure formula in one object."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class Unit(StrEnum):
    RATIO = "ratio"
    MONEY = "money"
    HOURS = "hours"
    POINTS = "points"
    COUNT = "count"
    MONTHS = "months"


class Direction(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"
    BAND = "band"


class Display(StrEnum):
    """How the value is written for people; `Definition.places` gives the decimals."""

    PERCENT = "percent"
    NUMBER = "number"
    MONEY = "money"
    HOURS = "hours"
    MONTHS = "months"


class TargetBasis(StrEnum):
    """For which periods a target is judged, and what it becomes in a shorter one."""

    ANY = "any"  # the same figure whatever the period
    ANNUAL_SURVIVAL = "annual_survival"  # a share kept a year: t ** (months / 12)
    ANNUAL_LOSS = "annual_loss"  # a share lost a year: 1 - (1 - t) ** (months / 12)
    ANNUAL_TOTAL = "annual_total"  # an amount a year: t * months / 12
    ONE_MONTH = "one_month"  # judged on one whole month only
    WHOLE_MONTHS = "whole_months"  # judged on whole months only
    TRAILING_YEAR = "trailing_year"  # judged on twelve months only


BY_ALL = ("agency", "am", "team", "segment", "service", "client")
BY_CLIENT = ("agency", "am", "team", "segment", "client")  # rows that belong to a client but to no service
BY_MEMBER = ("agency", "am", "team")


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One KPI. `formula` is pure: Decimal (or int) in, Decimal out, None where the KPI is undefined.

    `is_proportion`: k of n things, so it carries the Wilson interval. `is_sampled`: judged only with n >= 5;
    `is_judged_per_client`: but in the slice of one client whatever n is, as each client has its own goal.
    `is_amount`: a slice without rows has 0; otherwise it is undefined, for `empty_reason` (a key of REASONS).
    `only_if`: a setting of the agency; while it says nothing, the KPI is not counted.
    """

    key: str
    name: str
    words: str  # the formula in words
    why: str
    unit: Unit
    direction: Direction
    formula: Callable[..., Decimal | None]
    display: Display = Display.NUMBER
    places: int = 2
    target: Decimal | None = None
    band_high: Decimal | None = None  # upper edge where direction is BAND
    stretch: Decimal | None = None
    is_strict: bool = False  # meeting the target exactly is not enough
    basis: TargetBasis = TargetBasis.ANY
    is_proportion: bool = False
    is_sampled: bool = False
    is_judged_per_client: bool = False
    is_amount: bool = False
    empty_reason: str = "no_rows"
    slices: tuple[str, ...] = BY_ALL
    only_if: str = ""
    version: int = 1
    sources: tuple[str, ...] = field(default=())
    authored_by: str = "agencyam"
