"""All KPIs of all months and slices a second time, by DuckDB from the raw rows, as `duckdb/*.sql` say."""

from pathlib import Path

import duckdb

from accounts.models import AgencySettings
from bench.kpis.sizes import Sizes

FOLDER = Path(__file__).parent / "duckdb"
MEASURES = "measures.sql"


class CannotMeasure(Exception):
    """DuckDB's queries do not know a setting of this agency."""


def compute(duck: duckdb.DuckDBPyConnection, sizes: Sizes, settings: AgencySettings) -> int:
    """Fill the table `result` from the raw tables and opening windows. Returns its rows. Raises CannotMeasure."""
    unusual = (
        settings.client_basis != "recurring",
        settings.csat_satisfied_scores,
        settings.cadence,
        settings.service_margins,
        settings.tier_weights,
        settings.include_one_off,
    )
    if any(unusual):
        raise CannotMeasure("DuckDB's queries know the usual choices only.")
    for name, value in {
        "zone": settings.time_zone,
        "base": settings.currency,
        "as_of": sizes.as_of,
        "opens_on": sizes.opens_on,
        "months": sizes.months,
        "max_pause_days": settings.max_pause_days,
        "expiry_days": settings.proposal_expiry_days,
        "fcr_window_days": settings.fcr_window_days,
        "clv_window_months": settings.clv_window_months,
        "gross_margin": float(settings.gross_margin),
    }.items():
        duck.execute(f"SET VARIABLE {name} = $value", {"value": value})
    measures = (FOLDER / MEASURES).read_text()
    for path in sorted(FOLDER.glob("[0-9]_*.sql")):
        duck.execute(path.read_text().replace("{measures}", measures))
    return duck.execute("SELECT COUNT(*) FROM result").fetchall()[0][0]
