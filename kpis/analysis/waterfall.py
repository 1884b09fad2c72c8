"""The waterfall page: the bridge of a slice as a finding, bars and a table that adds up."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from django.urls import reverse

from agencyam.charts import Chart, Step, Tone, Waterfall, waterfall, with_narrow
from agencyam.charts import money as money_format
from kpis.analysis.bridge import Bridge, get_bridge
from kpis.analysis.finding import waterfall_finding
from kpis.analysis.question import change, key_of, money
from kpis.analysis.steps import CLOSING, ENDS, OPENING, STEPS, TRANSFERS, StepWords
from kpis.asked import Asked
from kpis.direct.exact import to_decimal
from kpis.direct.query import Query

WIDTH = 760


@dataclass(frozen=True)
class StepRow:
    """A bar as the table has it; `url` leads to its rows, empty where it has none."""

    words: StepWords
    amount: str
    clients: int
    url: str
    is_end: bool = False


@dataclass(frozen=True)
class WaterfallPage:
    """`chart` is None where an exchange rate is missing or there is nothing to draw."""

    query: Query
    bridge: Bridge
    finding: str
    chart: Chart | None
    rows: list[StepRow]
    headline: str
    sum_in_words: str

    @property
    def note(self) -> str:
        so_far = " so far" if self.query.is_partial else ""
        return f"MRR in {self.query.settings.currency}, {self.query.period.label}{so_far}; each bar opens its rows"


def get_waterfall_page(asked: Asked) -> WaterfallPage:
    """Read the bridge once and say it three times: in a sentence, as bars, in a table."""
    query = asked.question()
    bridge = get_bridge(query, key_of(asked))
    finding = waterfall_finding(bridge, partial(money, asked, places=0))
    rows = list(_rows(asked, bridge))
    is_drawn = not bridge.unquoted and not bridge.is_empty
    return WaterfallPage(
        query=query,
        bridge=bridge,
        finding=finding,
        chart=_chart(asked, bridge, rows, finding) if is_drawn else None,
        rows=rows,
        headline=_headline(asked, bridge),
        sum_in_words=_sum_in_words(asked, bridge),
    )


def step_url(asked: Asked, step: str) -> str:
    """The rows behind one bar, in the same period and slice."""
    return reverse("kpis:waterfall-step", args=[step]) + asked.query


def shown_steps(asked: Asked, bridge: Bridge) -> list[StepWords]:
    """All steps; moves between slices only where there are slices between which one moves."""
    is_sliced = asked.by in ("am", "team", "service")
    return [
        step for step in STEPS if is_sliced or step.key not in TRANSFERS or bridge.moved[TRANSFERS[0]] != 0
    ]


def _rows(asked: Asked, bridge: Bridge) -> Iterator[StepRow]:
    yield _end(asked, OPENING, bridge)
    for step in shown_steps(asked, bridge):
        amount, clients = bridge.moved[step.key], bridge.movers[step.key]  # type: ignore[index]
        yield StepRow(step, change(asked, amount), clients, step_url(asked, step.key) if clients else "")
    yield _end(asked, CLOSING, bridge)


def _end(asked: Asked, key: str, bridge: Bridge) -> StepRow:
    is_opening = key == OPENING
    amount = bridge.opening if is_opening else bridge.closing
    clients = bridge.opening_clients if is_opening else bridge.closing_clients
    url = step_url(asked, key) if clients else ""
    return StepRow(ENDS[key], money(asked, amount), clients, url, is_end=True)


def _chart(asked: Asked, bridge: Bridge, rows: list[StepRow], finding: str) -> Chart:
    """Only bars that moved; the table below has all of them."""
    steps = tuple(
        Step(step.label, to_decimal(amount), _tone(step.key), step_url(asked, step.key))
        for step in shown_steps(asked, bridge)
        if (amount := bridge.moved[step.key])  # type: ignore[index]
    )
    data = Waterfall(
        "waterfall",
        "MRR",
        to_decimal(bridge.opening),
        steps,
        money_format(asked.moment.settings.currency),
        ENDS[OPENING].label,
        ENDS[CLOSING].label,
        rows[0].url,
        rows[-1].url,
        finding=finding,
    )
    # The table stands below the chart anyway, with links.
    return replace(with_narrow(waterfall, data, width=WIDTH), columns=[], rows=[])


def _tone(key: str) -> Tone | None:
    """Moves between slices are neither good nor bad."""
    return Tone.NEUTRAL if key in TRANSFERS else None


def _headline(asked: Asked, bridge: Bridge) -> str:
    """How far it came, before the chart says why."""
    moved = bridge.closing - bridge.opening
    closing = money(asked, bridge.closing, places=0)
    if not moved:
        return f"MRR stayed at {closing}"
    return f"MRR {'rose' if moved > 0 else 'fell'} by {money(asked, abs(moved), places=0)} to {closing}"


def _sum_in_words(asked: Asked, bridge: Bridge) -> str:
    """The proof, with the figures in it."""
    moved = bridge.closing - bridge.opening
    sign = "−" if moved < 0 else "+"
    opening, closing = money(asked, bridge.opening), money(asked, bridge.closing)
    return f"{opening} {sign} {money(asked, abs(moved))} = {closing}"
