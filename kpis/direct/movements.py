"""Names what happened to a client's MRR on a day, and shares it out over services and slices. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from kpis.direct.ledger import NOTHING, Moment, ServiceState
from kpis.direct.query import SliceKey


class Kind(StrEnum):
    NEW = "new"
    REACTIVATION = "reactivation"
    RESUME = "resume"
    UPSELL = "upsell"
    CROSS_SELL = "cross_sell"
    PRICE_CHANGE = "price_change"
    CONTRACTION = "contraction"
    PAUSE = "pause"
    CHURN = "churn"
    TRANSFER_IN = "transfer_in"
    TRANSFER_OUT = "transfer_out"
    FX = "fx"


GROWTH = (Kind.UPSELL, Kind.CROSS_SELL, Kind.PRICE_CHANGE, Kind.RESUME)
MOVEMENTS = (Kind.NEW, Kind.REACTIVATION, *GROWTH, Kind.CONTRACTION, Kind.PAUSE, Kind.CHURN)


@dataclass(frozen=True)
class Movement:
    """A change of a client's MRR in one service on a day; losses are negative.

    `key` is the slice it belongs to.
    """

    client_id: int
    day: date
    service: SliceKey
    kind: Kind
    amount: Fraction
    key: SliceKey


def list_movements(moments: Iterable[Moment], by: str) -> list[Movement]:
    """All movements, moves between slices and effects of exchange rates, in the slices `by`."""
    return [movement for moment in moments for movement in _of_moment(moment, by)]


def _of_moment(moment: Moment, by: str) -> Iterator[Movement]:
    for state in moment.services:
        key_before, key = (
            (state.service, state.service) if by == "service" else (moment.key_before, moment.key)
        )

        def row(kind: Kind, amount: Fraction, of: SliceKey, service: SliceKey = state.service) -> Movement:
            return Movement(moment.client_id, moment.day, service, kind, amount, of)

        if state.carried != state.was:
            yield row(Kind.FX, state.carried - state.was, key_before)
        if key_before != key and state.carried:
            yield row(Kind.TRANSFER_OUT, -state.carried, key_before)
            yield row(Kind.TRANSFER_IN, state.carried, key)
        kind, amount = classify(moment, state)
        if amount:
            yield row(kind, amount, key)
        if by == "service" and (swapped := state.now - state.carried - amount):
            yield row(Kind.TRANSFER_IN if swapped > 0 else Kind.TRANSFER_OUT, swapped, key)


def classify(moment: Moment, state: ServiceState) -> tuple[Kind, Fraction]:
    """The class of a client's day and the part of it that falls to one service.

    The class is that of the client. Growth is shared by the services that grew, a reduction by those that
    shrank, in proportion; what one service gave to another is a move between them and no movement.
    """
    change = state.now - state.carried
    if not moment.carried:
        return _class_of_start(moment), change
    if not moment.now:
        return (Kind.PAUSE if moment.is_held_now else Kind.CHURN), change
    net = moment.now - moment.carried
    if net > 0 and change > 0:
        return _class_of_growth(state), net * change / _sum_of(moment, sign=1)
    if net < 0 and change < 0:
        return Kind.CONTRACTION, net * change / _sum_of(moment, sign=-1)
    return Kind.CONTRACTION, NOTHING


def _class_of_start(moment: Moment) -> Kind:
    if not moment.had_mrr_before:
        return Kind.NEW
    return Kind.RESUME if moment.is_held_before else Kind.REACTIVATION


def _class_of_growth(state: ServiceState) -> Kind:
    if not state.had:
        return Kind.RESUME if state.resumed else Kind.CROSS_SELL
    if state.repriced:
        return Kind.PRICE_CHANGE
    return Kind.RESUME if state.resumed else Kind.UPSELL


def _sum_of(moment: Moment, *, sign: int) -> Fraction:
    changes = (state.now - state.carried for state in moment.services)
    return sum((change for change in changes if change * sign > 0), NOTHING)
