"""The list of clients at risk as rows of a file."""

from collections.abc import Iterator
from typing import Any

from agencyam.money import round_half_up
from kpis.health.risk_list import RiskList

HEADS = (
    "client_id",
    "client",
    "account_manager",
    "as_of",
    "risk",
    "flags",
    "health",
    "band",
    "change_30_days",
    "mrr",
    "probability",
    "mrr_at_risk",
)


def list_csv_rows(page: RiskList) -> Iterator[list[Any]]:
    """One row a client, in the order of the page."""
    for row in page.rows:
        yield [
            row.client.book_id,
            row.client.name,
            row.manager,
            row.row.day,
            row.row.risk_level,
            "; ".join(flag.words for flag in row.flags),
            None if row.row.score is None else str(round_half_up(row.row.score, 0)),
            row.row.band,
            row.change,
            row.row.mrr,
            page.rates[row.row.risk_level].probability,
            row.at_risk,
        ]
