from datetime import date
from agencyam.periods import parse_period
from accounts.selectors import get_settings
from pathlib import Path
from kpis.direct.query import Query
from kpis.engine import evaluate
from tests.clients.exchange.books import load


def test_p(agency):
    for b in ("n1",):
        load(Path("/tmp/bk") / b)
        A = date(2026, 11, 22)
        for p in ("ttm", "2026Q3"):
            print(b, p)
            for r in evaluate(
                Query(period=parse_period(p, as_of=A), as_of=A, by="agency", settings=get_settings()), ()
            ):
                print(f"  {r.kpi:38} {r.display:>14} n={r.figure.n:<6} {r.status.value}")
