"""The list of clients: one query, whatever it shows."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import DateField, F, Q
from django.db.models.expressions import OrderBy
from django.db.models.functions import Cast, Lower

from accounts.models import User
from clients.book import selectors as book_selectors
from clients.book.models import ClientQuerySet
from clients.contracts import selectors as contract_selectors
from clients.feedback import selectors as feedback_selectors
from clients.service import selectors as service_selectors
from clients.touchpoints import selectors as touchpoint_selectors
from clients.workspace.extensions import list_columns

SORTS: dict[str, F | Lower] = {
    "name": Lower("name"),
    "tier": Lower("tier"),
    "manager": Lower("primary_manager_name"),
    "mrr": F("mrr"),
    "ends": F("next_end_on"),
    "last_touchpoint": F("last_touchpoint_at"),
    "open_requests": F("open_requests"),
    "nps": F("nps_score"),
}
DEFAULT_SORT = "name"


@dataclass(frozen=True)
class PortfolioFilter:
    """What the list is narrowed to. Blank and None mean everything."""

    search: str = ""
    scope: str = "all"  # "mine": clients on whose team the member is today
    manager_id: int | None = None
    tier: str = ""
    segment: str = ""
    tag: str = ""
    with_archived: bool = False
    # What the columns of apps above are narrowed to, by the column's key.
    columns: tuple[tuple[str, str], ...] = ()


def list_portfolio(
    *,
    user: User,
    now: datetime,
    today: date,
    base_currency: str,
    narrow: PortfolioFilter | None = None,
    sort: str = DEFAULT_SORT,
) -> ClientQuerySet:
    """The clients that the member may see, ready to be cut into pages.

    Adds `mrr` (base currency, unrounded, null without a rate), `primary_manager_id`/`_name`,
    `last_touchpoint_at`, `open_requests`, `next_end_on` (the first day that is over), `ends_last_on` (the day
    before), `nps_score` and what the columns of apps above add. `sort` is a key of SORTS or of such a column,
    descending with a minus before it; anything else sorts by name. Unknown values come last either way.
    """
    clients = _narrowed(book_selectors.visible_clients(user=user, today=today), user, today, narrow)
    clients = clients.with_primary_manager(today).annotate(
        mrr=contract_selectors.mrr_of_clients(today=today, base_currency=base_currency),
        next_end_on=contract_selectors.next_end_of_clients(today=today),
        last_touchpoint_at=touchpoint_selectors.last_held_at(now=now),
        open_requests=service_selectors.count_open_requests(now=now),
        nps_score=feedback_selectors.latest_nps_score(now=now),
    )
    clients = clients.annotate(ends_last_on=Cast(F("next_end_on") - timedelta(days=1), DateField()))
    clients = _with_columns(clients, today, narrow or PortfolioFilter())
    return clients.order_by(_order(sort), Lower("name"), "pk")


def count_portfolio(*, clients: ClientQuerySet) -> tuple[int, Decimal]:
    """How many clients a list of `list_portfolio` holds, and their MRR together as far as it is known."""
    amounts = list(clients.order_by().values_list("mrr", flat=True))
    return len(amounts), sum((amount for amount in amounts if amount is not None), Decimal(0))


def _narrowed(
    clients: ClientQuerySet, user: User, today: date, narrow: PortfolioFilter | None
) -> ClientQuerySet:
    narrow = narrow or PortfolioFilter()
    if not narrow.with_archived:
        clients = clients.active_on(today)
    if narrow.scope == "mine":
        clients = clients.assigned_to(user, today)
    if narrow.search.strip():
        clients = clients.named_like(narrow.search.strip())
    if narrow.manager_id is not None:
        clients = clients.with_primary_manager(today).filter(primary_manager_id=narrow.manager_id)
    exact = {"tier": narrow.tier, "segment": narrow.segment}
    clients = clients.filter(Q(**{field: value for field, value in exact.items() if value}))
    return clients.filter(tags__contains=[narrow.tag]) if narrow.tag else clients


def _with_columns(clients: ClientQuerySet, today: date, narrow: PortfolioFilter) -> ClientQuerySet:
    chosen = dict(narrow.columns)
    for column in list_columns():
        clients = clients.annotate(**column.expressions(today))
        if column.filter and chosen.get(column.key):
            clients = column.filter.narrow(clients, chosen[column.key])
    return clients


def _order(sort: str) -> OrderBy:
    is_descending, key = sort.startswith("-"), sort.removeprefix("-")
    sorts = SORTS | {column.key: F(column.key) for column in list_columns()}
    expression = sorts.get(key, SORTS[DEFAULT_SORT])
    return expression.desc(nulls_last=True) if is_descending else expression.asc(nulls_last=True)
