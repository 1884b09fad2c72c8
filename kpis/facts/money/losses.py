"""Client-months at risk and clients lost per month, for the churn windows of many periods at once."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import connection

from agencyam.periods import Period
from kpis.direct.churn_window import Losses
from kpis.direct.query import SliceKey
from kpis.facts.money.slicing import SLICINGS

ONE_DAY = timedelta(days=1)
LossesByMonth = dict[tuple[date, date], dict[SliceKey, Losses]]

# A client has no service, its lines have; paused lines keep their client in the slice.
_OFFERED = """SELECT DISTINCT month.opening, month.closing, level.client_id, level.service_id AS key
  FROM month JOIN kpis_mrrlevel level ON level.is_offered AND level.starts_on <= month.opening
    AND (level.ends_on IS NULL OR level.ends_on > month.opening)"""
_CLIENTS = """SELECT month.opening, month.closing, owned.client_id, {key} AS key
  FROM month JOIN kpis_clientowner owned ON owned.starts_on <= month.opening
    AND (owned.ends_on IS NULL OR owned.ends_on > month.opening)
  JOIN clients_client client ON client.id = owned.client_id"""

_QUERY = """WITH month AS MATERIALIZED (SELECT * FROM unnest(%(openings)s::date[], %(closings)s::date[])
  AS m (opening, closing)),
day AS (SELECT opening AS day FROM month UNION SELECT closing FROM month),
active AS MATERIALIZED (
  SELECT day.day, presence.client_id FROM day JOIN kpis_clientpresence presence ON presence.kind = 'active'
    AND presence.starts_on <= day.day AND (presence.ends_on IS NULL OR presence.ends_on > day.day)
),
member AS ({members}),
found AS (
  SELECT member.opening, member.closing, member.key, COUNT(*) AS clients,
    COUNT(*) FILTER (WHERE still.client_id IS NULL) AS lost
  FROM member JOIN active ON active.day = member.opening AND active.client_id = member.client_id
  LEFT JOIN active still ON still.day = member.closing AND still.client_id = member.client_id
  GROUP BY member.opening, member.closing, member.key
)
SELECT found.opening, found.closing, {name} AS key, found.clients, found.lost FROM found {names}"""


def load_losses(periods: Iterable[Period], by: str) -> LossesByMonth:
    """Losses of each of these months by slice, under (eve, last day). One statement."""
    months = sorted({(period.start - ONE_DAY, period.end - ONE_DAY) for period in periods})
    slicing = SLICINGS[by]
    members = _OFFERED if by == "service" else _CLIENTS.format(key=slicing.of_client)
    text = _QUERY.format(members=members, name=slicing.name, names=slicing.names)
    found: LossesByMonth = {}
    with connection.cursor() as cursor:
        cursor.execute(
            text, {"openings": [month[0] for month in months], "closings": [month[1] for month in months]}
        )
        for opening, closing, key, clients, lost in cursor.fetchall():
            found.setdefault((opening, closing), {})[key] = Losses(clients, lost)
    return found


def pool(found: LossesByMonth, periods: Iterable[Period]) -> dict[SliceKey, Losses]:
    """The months of each slice added up."""
    pooled: dict[SliceKey, Losses] = {}
    for period in periods:
        for key, losses in found.get((period.start - ONE_DAY, period.end - ONE_DAY), {}).items():
            before = pooled.get(key, Losses())
            pooled[key] = Losses(before.client_months + losses.client_months, before.lost + losses.lost)
    return pooled
