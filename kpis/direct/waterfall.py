"""The facts of each slice from which all money KPIs are divided, and the proof that they add up."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from kpis.direct.exact import CONTEXT, Amount
from kpis.direct.ledger import NOTHING, Moment, ServiceState, load_ledger
from kpis.direct.movements import MOVEMENTS, Kind, Movement, list_movements
from kpis.direct.query import Query, SliceKey
from kpis.formulas.arithmetic import ZERO

SOLD = (Kind.UPSELL, Kind.CROSS_SELL)


class DoesNotAddUp(ArithmeticError):
    """Opening + movements + exchange rates + moves between slices is not the closing.

    a fault in the engine.
    """


def _sums() -> defaultdict[Kind, Amount]:
    return defaultdict(int)


def _sets() -> defaultdict[Kind, set[int]]:
    return defaultdict(set)


@dataclass
class SliceFacts:
    """One slice. Amounts are MRR in the agency's currency, sets hold client ids.

    The cohort has MRR above 0 at the opening; `cohort_closing` and `kept` (its smaller end, client by
    client) are at the opening's exchange rates. `moved`, `movers` are by kind of movement; `sold`, `buyers`
    only of clients of the opening, who are `prospects`: the cohort, but in a service slice everyone, as all
    of them may buy the service. Amounts of `parts` to a currency unit may be whole numbers, which add quickly.
    """

    opening: Amount = 0
    closing: Amount = 0
    moved: defaultdict[Kind, Amount] = field(default_factory=_sums)
    movers: defaultdict[Kind, set[int]] = field(default_factory=_sets)
    opening_clients: set[int] = field(default_factory=set)
    retained: set[int] = field(default_factory=set)
    closing_clients: set[int] = field(default_factory=set)
    paying: set[int] = field(default_factory=set)
    cohort: set[int] = field(default_factory=set)
    cohort_closing: Amount = 0
    kept: Amount = 0
    sold: defaultdict[Kind, Amount] = field(default_factory=_sums)
    buyers: defaultdict[Kind, set[int]] = field(default_factory=_sets)
    prospects: set[int] = field(default_factory=set)
    parts: int = 1

    @property
    def net_new(self) -> Amount:
        return sum(self.moved[kind] for kind in MOVEMENTS)

    @property
    def transfers(self) -> Amount:
        return self.moved[Kind.TRANSFER_IN] + self.moved[Kind.TRANSFER_OUT]

    def money(self, amount: Amount) -> Decimal:
        """One of the amounts, or a sum of them, in currency units; exact if it has an end, else to 60 digits."""
        if not amount:
            return ZERO
        return CONTEXT.divide(Decimal(amount.numerator), Decimal(amount.denominator * self.parts))

    def check(self, key: SliceKey, tolerance: int = 0) -> None:
        """Raises DoesNotAddUp. The effect of exchange rates is measured by itself, so that this can fail."""
        expected = self.opening + self.net_new + self.moved[Kind.FX] + self.transfers
        if not -tolerance <= expected - self.closing <= tolerance:
            raise DoesNotAddUp(
                f"Slice {key}: expected a closing MRR of {self.money(expected)}, found {self.money(self.closing)}."
            )


@dataclass(frozen=True)
class Waterfall:
    """All slices of a query, with the movements and the end points of each client behind them."""

    slices: dict[SliceKey, SliceFacts]
    movements: list[Movement]
    ends: list["ClientEnds"]
    unquoted: tuple[str, ...]


@dataclass(frozen=True)
class ClientEnds:
    """A client around the period; None where there was nothing to tell on that side."""

    client_id: int
    opening: Moment | None
    closing: Moment | None

    @property
    def opening_mrr(self) -> Fraction:
        return self.opening.was if self.opening else NOTHING

    @property
    def closing_fixed(self) -> Fraction:
        return self.closing.fixed if self.closing else NOTHING

    @property
    def was_client(self) -> bool:
        return self.opening is not None and self.opening.is_active_before

    @property
    def is_client(self) -> bool:
        return self.closing is not None and self.closing.is_active_now


def load_waterfall(query: Query) -> Waterfall:
    """Read once per query. Raises DoesNotAddUp."""
    if "waterfall" not in query.memo:
        ledger = load_ledger(query)
        movements = list_movements(ledger.moments, query.by)
        ends = _pair_ends(ledger.moments, query)
        slices = build_slices(ends, movements, query.by)
        if not ledger.unquoted:
            for key, facts in slices.items():
                facts.check(key)
        query.memo["waterfall"] = Waterfall(slices, movements, ends, ledger.unquoted)
    return query.memo["waterfall"]


def _pair_ends(moments: Iterable[Moment], query: Query) -> list[ClientEnds]:
    opening = {moment.client_id: moment for moment in moments if moment.day == query.start}
    closing = {moment.client_id: moment for moment in moments if moment.day == query.closing_day}
    clients = sorted(opening.keys() | closing.keys())
    return [ClientEnds(client, opening.get(client), closing.get(client)) for client in clients]


def build_slices(
    ends: Iterable[ClientEnds], movements: Iterable[Movement], by: str
) -> dict[SliceKey, SliceFacts]:
    """Sums clients and movements per slice. Pure."""
    slices: defaultdict[SliceKey, SliceFacts] = defaultdict(SliceFacts)
    owners: dict[int, SliceKey] = {}
    for client in ends:
        if client.opening and client.opening_mrr:
            owners[client.client_id] = client.opening.key_before
        _add_opening(slices, client, by)
        _add_closing(slices, client, by)
    for movement in movements:
        facts = slices[movement.key]
        facts.moved[movement.kind] += movement.amount
        facts.movers[movement.kind].add(movement.client_id)
        if movement.kind in SOLD and movement.client_id in owners:
            facts = slices[movement.key if by == "service" else owners[movement.client_id]]
            facts.sold[movement.kind] += movement.amount
            facts.buyers[movement.kind].add(movement.client_id)
    for facts in slices.values():
        facts.prospects = set(owners) if by == "service" else facts.cohort
    return dict(slices)


def _add_opening(slices: defaultdict[SliceKey, SliceFacts], client: ClientEnds, by: str) -> None:
    """A cohort belongs to the owner of the day before the period."""
    if client.opening is None:
        return
    for key, states in _parts(client.opening, by, client.opening.key_before):
        facts = slices[key]
        amount = sum((state.was for state in states), NOTHING)
        facts.opening += amount
        if client.was_client and (by != "service" or any(state.is_offered_before for state in states)):
            facts.opening_clients.add(client.client_id)
            if client.is_client:
                facts.retained.add(client.client_id)
        if amount > 0:
            facts.cohort.add(client.client_id)
    if client.opening_mrr:
        for service, part in kept_parts(client).items():
            slices[service if by == "service" else client.opening.key_before].kept += part
    if client.closing and client.opening_mrr:
        for key, states in _parts(client.closing, by, client.opening.key_before):
            slices[key].cohort_closing += sum((state.fixed for state in states), NOTHING)


def _add_closing(slices: defaultdict[SliceKey, SliceFacts], client: ClientEnds, by: str) -> None:
    if client.closing is None:
        return
    for key, states in _parts(client.closing, by, client.closing.key):
        facts = slices[key]
        amount = sum((state.now for state in states), NOTHING)
        facts.closing += amount
        if amount > 0:
            facts.paying.add(client.client_id)
        if client.is_client and (by != "service" or any(state.is_offered_now for state in states)):
            facts.closing_clients.add(client.client_id)


def _parts(moment: Moment, by: str, key: SliceKey) -> Iterator[tuple[SliceKey, tuple[ServiceState, ...]]]:
    if by != "service":
        yield key, moment.services
        return
    for state in moment.services:
        yield state.service, (state,)


def kept_parts(client: ClientEnds) -> dict[SliceKey, Fraction]:
    """How min(opening, closing) of the client falls to its services, with those that came since.

    A loss is borne by the services that shrank, in proportion; a discount that came shrank from nothing. A swap
    between services loses nothing.
    """
    opening = {state.service: state.was for state in (client.opening.services if client.opening else ())}
    closing = {state.service: state.fixed for state in (client.closing.services if client.closing else ())}
    loss = max(client.opening_mrr - client.closing_fixed, NOTHING)
    if not loss:
        return opening
    shrunk = {
        service: max(opening.get(service, NOTHING) - closing.get(service, NOTHING), NOTHING)
        for service in opening.keys() | closing.keys()
    }
    total = sum(shrunk.values(), NOTHING)
    return {service: opening.get(service, NOTHING) - loss * part / total for service, part in shrunk.items()}
