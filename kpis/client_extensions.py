"""Health on the pages of clients: a column of the list, a panel of the client's page. Alerts and numbers on the day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from accounts.models import User
from accounts.moment import Moment
from clients.book.models import Client, ClientQuerySet
from clients.workspace.extensions import (
    Column,
    Filter,
    Panel,
    register_column,
    register_day_source,
    register_panel,
)
from kpis.alerts.my_day import read_day
from kpis.health.models import ClientHealth
from kpis.health.panel import CHANGE_DAYS, HealthPanel, get_panel
from kpis.health.risk_list import latest_value
from kpis.my_day_tiles import read_tiles

UNKNOWN = "unknown"


def _expressions(today: date) -> Mapping[str, Any]:
    return {
        "health": latest_value("score", today),
        "health_band": latest_value("band", today),
        "health_before": latest_value("score", today, back=CHANGE_DAYS),
        "risk_level": latest_value("risk_level", today),
    }


def _narrow(clients: ClientQuerySet, value: str) -> ClientQuerySet:
    if value == UNKNOWN:
        return clients.exclude(health_band__in=ClientHealth.Band.values)
    if value.startswith("risk-"):
        return clients.filter(risk_level=value.removeprefix("risk-"))
    return clients.filter(health_band=value)


def _panel(client: Client, user: User, moment: Moment) -> HealthPanel:
    return get_panel(client=client, user=user, moment=moment)


register_column(
    Column(
        key="health",
        label="Health, 30 days",
        template="kpis/health_cell.html",
        expressions=_expressions,
        is_numeric=True,
        filter=Filter(
            label="Health",
            everything="Any health",
            choices=(
                *ClientHealth.Band.choices,
                (UNKNOWN, "Not known"),
                ("risk-high", "High risk"),
                ("risk-medium", "Medium risk"),
            ),
            narrow=_narrow,
        ),
    )
)
register_panel(Panel(key="health", template="kpis/health_panel.html", read=_panel))
register_day_source("numbers", read_tiles)
register_day_source("alerts", read_day)
