"""Numbers on a member's day: of their own clients, else of the agency, as the night left them."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from accounts.permissions import can, sees_all_clients
from accounts.roles import Permission
from agencyam.periods import Period, month_of, trailing_year
from agencyam.templatetags.ui import VERDICTS
from clients.workspace.my_day.rows import DayQuestion, Found, Tile
from kpis import selectors
from kpis.formulas.catalogue import DEFINITIONS
from kpis.health.models import ClientHealth
from kpis.health.risk_list import latest_day
from kpis.reading import FIELDS, Reading
from kpis.words import Words


def read_tiles(asked: DayQuestion) -> Found:
    """A fixed number of queries; no tile for what nobody has worked out."""
    if not can(asked.user, Permission.KPI_VIEW):
        return Found()
    return Found(tiles=[*_risk(asked), *_numbers(asked)])


def _risk(asked: DayQuestion) -> list[Tile]:
    """How many of the clients that the member leads are at risk."""
    led = [each.pk for each in asked.clients.values() if _manager_id(each) == asked.user.pk]
    day = latest_day(asked.today)
    levels = ClientHealth.objects.filter(day=day or date.min, client__in=led)
    known = list(levels.values_list("risk_level", flat=True))
    if not known:
        return []
    n_risky = sum(level != "low" for level in known)
    url = f"{reverse('kpis:risk')}?{urlencode({'manager': asked.user.pk})}"
    return [Tile("Clients at risk", str(n_risky), url, detail=f"of {len(known)}")]


def _manager_id(client: Any) -> int | None:
    """Of a client as a day is asked about it."""
    manager_id: int | None = client.primary_manager_id
    return manager_id


def _numbers(asked: DayQuestion) -> list[Tile]:
    """This month's replies and the year's opinion and revenue."""
    month, year = month_of(asked.today), trailing_year(asked.today)
    shown = [("first_response_hours", month), ("sla_attainment", month), ("nps", year)]
    by, key = ("am", asked.user.book_id) if asked.clients else ("agency", "")
    settings = asked.moment.settings
    if by == "agency" and not sees_all_clients(
        asked.user, is_portfolio_private=settings.is_portfolio_private
    ):
        return []
    if by == "agency":
        shown.insert(0, ("nrr", year))
    rows = selectors.list_stored(
        by=by,
        key=key,
        spans={(period.start, period.end) for _, period in shown},
        kpis=[name for name, _ in shown],
        fields=FIELDS,
    )
    known = {(row[2], row[0]): Reading(*row[2:]) for row in rows}
    tiles = []
    for name, period in shown:
        reading = known.get((name, period.start))
        if reading is not None and reading.value is not None:
            tiles.append(_tile(reading, period, asked, by, key))
    return tiles


def _tile(reading: Reading, period: Period, asked: DayQuestion, by: str, key: str) -> Tile:
    definition, settings = DEFINITIONS[reading.kpi], asked.moment.settings
    words = Words(definition, settings.currency, settings.locale)
    is_month = period == month_of(asked.today)
    named = {"period": f"{period.start:%Y-%m}" if is_month else "ttm"}
    if by != "agency":
        named |= {"by": by, "key": key}
    target = words.target(reading)
    when = "this month" if is_month else "12 months"
    tone, state = VERDICTS.get(reading.status, ("neutral", ""))
    return Tile(
        label=definition.name,
        value=words.value(reading.value),
        url=f"{reverse('kpis:kpi-detail', args=[reading.kpi])}?{urlencode(named)}",
        detail=f"{when}, target {target}" if target else when,
        tone=tone,
        state=state,
    )
