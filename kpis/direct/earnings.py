"""What clients leave a month at the close, where services keep different shares of their revenue."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from accounts.by_name import ByName, read_margins
from kpis.direct.exact import to_decimal
from kpis.direct.ledger import NOTHING, ServiceState
from kpis.direct.query import Query, SliceKey
from kpis.direct.waterfall import load_waterfall


def margins_of(query: Query) -> ByName:
    """The margin of each service, by its id."""
    return read_margins(query.settings.gross_margin, query.settings.service_margins)


def earned_by(states: Iterable[ServiceState], margins: ByName) -> Fraction:
    """What these services leave of their MRR."""
    return sum((state.now * Fraction(margins.of(state.service)) for state in states), NOTHING)


def load_earned(query: Query) -> dict[SliceKey, Decimal]:
    """By slice, in the agency's currency; nothing where all services have the agency's margin. Read once a query."""
    if not query.settings.service_margins:
        return {}
    if "earned" not in query.memo:
        margins, earned = margins_of(query), defaultdict[SliceKey, Fraction](Fraction)
        for closing in filter(None, (client.closing for client in load_waterfall(query).ends)):
            for state in closing.services:
                key = state.service if query.by == "service" else closing.key
                earned[key] += earned_by([state], margins)
        query.memo["earned"] = {key: to_decimal(amount) for key, amount in earned.items()}
    found: dict[SliceKey, Decimal] = query.memo["earned"]
    return found
