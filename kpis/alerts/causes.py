"""All readers of causes, and which rules each of them covers. The one list of them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from kpis.alerts.cause import Asking, Cause
from kpis.alerts.contact import read_contact, read_detractors
from kpis.alerts.deadlines import read_notice_dates, read_waits
from kpis.alerts.rules import Rule
from kpis.alerts.standing import read_health, read_kpis


@dataclass(frozen=True)
class Reader:
    """Finds the causes of some rules, in a fixed number of queries; None while nothing can be known."""

    rules: frozenset[Rule]
    read: Callable[[Asking], list[Cause] | None]


READERS = (
    Reader(frozenset({Rule.KPI_STATUS}), read_kpis),
    Reader(frozenset({Rule.HEALTH, Rule.CHURN_RISK}), read_health),
    Reader(frozenset({Rule.LATE_REPLY}), read_waits),
    Reader(frozenset({Rule.NOTICE}), read_notice_dates),
    Reader(frozenset({Rule.CADENCE, Rule.QUIET}), read_contact),
    Reader(frozenset({Rule.DETRACTOR}), read_detractors),
)


def list_causes(asked: Asking, *, rules: Collection[Rule]) -> tuple[set[Rule], list[Cause]]:
    """Every cause of these rules that holds now, and the rules of which that could be told."""
    told: set[Rule] = set()
    causes: list[Cause] = []
    for reader in READERS:
        if not reader.rules & set(rules):
            continue
        found = reader.read(asked)
        if found is not None:
            told |= reader.rules
            causes += found
    return told, causes
