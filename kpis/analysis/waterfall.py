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
from kpis.analysis.reported_bridge import Reported, find_reported, list_restated_steps
from kpis.analysis.steps import CLOSING, ENDS, OPENING, STEPS, TRANSFERS, StepWords
from kpis.asked import Asked
from kpis.direct.exact import to_decimal
from kpis.direct.query import Query
from kpis.frozen.marks import reported_on

WIDTH = 760


@dataclass(frozen=True)
class StepRow:
    """A bar as the table has it; `url` leads to its rows, empty where it has none.

    `restated` says that the bar of a closed month is another one now, empty where it is as it was reported; `now`
    is what it would be, where that reads otherwise.
    """

    words: StepWords
    amount: str
    clients: int
    url: str
    is_end: bool = False
    restated: str = ""
    now: str = ""


@dataclass(frozen=True)
class WaterfallPage:
    """`chart` is None where an exchange rate is missing or there is nothing to draw.

    `bridge` is what was reported for a closed month, else what is known.
    """

    query: Query
    bridge: Bridge
    reported: Reported | None
    finding: str
    chart: Chart | None
    rows: list[StepRow]
    headline: str
    sum_in_words: str

    @property
    def n_restated(self) -> int:
        return sum(bool(row.restated) for row in self.rows)

    @property
    def restated_sentence(self) -> str:
        number = self.n_restated
        return f"{number} {'bar is' if number == 1 else 'bars are'} restated since the month was closed"

    @property
    def reported_on(self) -> str:
        """The day of the report of a closed month; empty where today's knowledge is shown."""
        return reported_on(self.reported.month) if self.reported else ""

    @property
    def note(self) -> str:
        so_far = " so far" if self.query.is_partial else ""
        return f"MRR in {self.query.settings.currency}, {self.query.period.label}{so_far}; each bar opens its rows"


def get_waterfall_page(asked: Asked) -> WaterfallPage:
    """Say the bridge three times, in a sentence, as bars, in a table; of a closed month the one that was reported."""
    query = asked.question()
    now, reported = get_bridge(query, key_of(asked)), find_reported(asked)
    bridge = reported.bridge if reported else now
    finding = waterfall_finding(bridge, partial(money, asked, places=0))
    rows = list(_rows(asked, bridge, now))
    is_drawn = not bridge.unquoted and not bridge.is_empty
    return WaterfallPage(
        query=query,
        bridge=bridge,
        reported=reported,
        finding=finding,
        chart=_chart(asked, bridge, rows, finding) if is_drawn else None,
        rows=rows,
        headline=_headline(asked, bridge),
        sum_in_words=_sum_in_words(asked, bridge),
    )


def step_url(asked: Asked, step: str) -> str:
    """The rows behind one bar, in the same period and slice."""
    return reverse("kpis:waterfall-step", args=[step]) + asked.query


def shown_steps(asked: Asked, *bridges: Bridge) -> list[StepWords]:
    """All steps; moves between slices only where there are slices between which one moves."""
    is_sliced = asked.by in ("am", "team", "service")
    has_moves = is_sliced or any(bridge.moved[kind] for bridge in bridges for kind in TRANSFERS)
    return [step for step in STEPS if has_moves or step.key not in TRANSFERS]


def _rows(asked: Asked, bridge: Bridge, now: Bridge) -> Iterator[StepRow]:
    restated = list_restated_steps(bridge, now)
    for words in (ENDS[OPENING], *shown_steps(asked, bridge, now), ENDS[CLOSING]):
        key, is_end = words.key, words.key in ENDS
        amount, clients = bridge.bar(key)
        write = money if is_end else change
        said = _restated(asked, bridge, now, key) if key in restated else ("", "")
        yield StepRow(
            words=words,
            amount=write(asked, amount),
            clients=clients,
            url=step_url(asked, key) if clients or now.bar(key)[1] else "",
            is_end=is_end,
            restated=said[0],
            now=said[1],
        )


def _restated(asked: Asked, bridge: Bridge, now: Bridge, key: str) -> tuple[str, str]:
    """What became of a bar, in a few words, and its amount now if that is another one."""
    write = money if key in ENDS else change
    (amount, clients), (amount_now, clients_now) = bridge.bar(key), now.bar(key)
    if write(asked, amount) != write(asked, amount_now):
        return "Restated, now", write(asked, amount_now)
    if clients != clients_now:
        return f"Restated, now of {clients_now:,} client{'' if clients_now == 1 else 's'}", ""
    return "Restated, rounded the same", ""


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
