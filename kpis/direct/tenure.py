"""How long clients have paid so far: the second figure beside lifetime value."""

from collections import defaultdict
from decimal import Decimal

from django.db import connection

from kpis.direct.lines import BOOK, parameters
from kpis.direct.query import Query, SliceKey
from kpis.direct.slices import client_slice
from kpis.formulas.kaplan_meier import Tenure

DAYS_PER_MONTH = Decimal("365.25") / 12

_QUERY = """, tenure AS (
  SELECT client_id, lower(paid) AS began, LEAST(upper(paid), %(cut_end)s) AS ended,
    NOT active @> %(closing_day)s AS has_left
  FROM presence WHERE NOT isempty(paid)
)
SELECT {key} AS key, ended - began AS days, has_left FROM tenure ORDER BY client_id"""


def list_tenures(query: Query, by: str) -> dict[SliceKey, list[Tenure]]:
    """Months from a client's first to its last paid day, in the slice of the last one. Not for services."""
    text = BOOK + _QUERY.format(key=client_slice(by, "tenure.client_id", "(tenure.ended - 1)"))
    with connection.cursor() as cursor:
        cursor.execute(text, parameters(query))
        rows = cursor.fetchall()
    tenures: defaultdict[SliceKey, list[Tenure]] = defaultdict(list)
    for key, days, has_left in rows:
        tenures[key].append(Tenure(days / DAYS_PER_MONTH, has_left))
    return dict(tenures)
