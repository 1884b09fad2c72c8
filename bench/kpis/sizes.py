"""How large the invented agency is."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime

from agencyam.periods import Period, add_months, month_of


@dataclass(frozen=True)
class Sizes:
    """Numbers of rows; `months` whole months are measured, the last of them just before the month of `as_of`.

    Equal sizes, seeds and days give equal rows.
    """

    clients: int = 500
    months: int = 36
    members: int = 12
    touchpoints: int = 36_000
    requests: int = 24_000
    messages: int = 60_000
    survey_answers: int = 6_000
    seed: int = 1
    as_of: date = field(default_factory=lambda: datetime.now(UTC).date())

    @property
    def periods(self) -> list[Period]:
        """The measured months, oldest first."""
        first = month_of(self.as_of).start
        return [month_of(add_months(first, -back)) for back in reversed(range(1, self.months + 1))]

    @property
    def opens_on(self) -> date:
        """The first measured day."""
        return self.periods[0].start


def parse_sizes(arguments: Sequence[str]) -> Sizes:
    """Sizes from options such as `--clients 50`; what is left out keeps its default."""
    parser = argparse.ArgumentParser(prog="make bench-kpis ARGS=…", description="Measures the KPI engine.")
    usual = Sizes()
    for size in fields(Sizes):
        kind, default = (date.fromisoformat if size.name == "as_of" else int), getattr(usual, size.name)
        parser.add_argument(
            f"--{size.name.replace('_', '-')}", type=kind, default=default, help=f"default {default}"
        )
    return Sizes(**vars(parser.parse_args(arguments)))
