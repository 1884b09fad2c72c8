"""The waterfall's numbers and rows as files."""

from accounts.models import User
from clients.contracts import selectors as contract_selectors
from kpis.analysis.bridge import get_bridge, list_bridge_rows
from kpis.analysis.lines import lines_behind, list_lines
from kpis.analysis.movements import read_names, sort_rows
from kpis.analysis.question import key_of
from kpis.analysis.reported_bridge import find_reported, list_reported_rows
from kpis.analysis.steps import CLOSING, ENDS, OPENING
from kpis.analysis.waterfall import shown_steps
from kpis.asked import Asked

Table = tuple[list[str], list[list[object]]]


def bridge_table(asked: Asked) -> Table:
    """Opening, every step and closing, one row each, as known; of a closed month what was reported beside it."""
    bridges = [get_bridge(asked.question(), key_of(asked))]
    amount = f"mrr_{asked.moment.settings.currency.lower()}"
    heads = ["step", "clients", amount]
    reported = find_reported(asked)
    if reported:
        bridges.append(reported.bridge)
        heads += ["reported_clients", f"reported_{amount}"]
    rows: list[list[object]] = []
    for step in (ENDS[OPENING], *shown_steps(asked, *bridges), ENDS[CLOSING]):
        row: list[object] = [step.label]
        for bridge in bridges:
            total, clients = bridge.bar(step.key)
            row += [clients, total]
        rows.append(row)
    return heads, rows


def movements_table(*, asked: Asked, step: str, user: User) -> Table:
    """All rows behind a bar as known, with the ids of the contract lines behind each."""
    query = asked.question()
    found = list_bridge_rows(query, key_of(asked), step)
    names = read_names(found, user=user, today=asked.moment.today)
    lines = list_lines(client_ids={row.client_id for row in found}, until=query.cut_end)
    rows: list[list[object]] = []
    for row in sort_rows(found, names):
        behind = lines_behind(row, lines)
        rows.append(
            [
                names.clients[row.client_id][0],
                names.client(row),
                row.service,
                names.service(row),
                row.day,
                step,
                row.amount,
                asked.as_of,
                " ".join(line.book_id for line in behind),
                ", ".join(dict.fromkeys(f"{line.did}: {line.reason}" for line in behind if line.reason)),
            ]
        )
    return [*_heads(asked), "contract_lines", "reasons"], rows


def reported_table(*, asked: Asked, step: str) -> Table | None:
    """The rows behind a bar that were kept when the month was closed; None where there is no report."""
    reported = find_reported(asked)
    if reported is None:
        return None
    names = dict(contract_selectors.list_services().values_list("book_id", "name"))
    as_of = reported.month.as_of
    return _heads(asked), [
        [row.client, row.name, row.service, names.get(row.service, ""), row.day, step, row.amount, as_of]
        for row in list_reported_rows(reported, step)
    ]


def _heads(asked: Asked) -> list[str]:
    amount = f"mrr_{asked.moment.settings.currency.lower()}"
    return ["client", "name", "service", "service_name", "day", "movement", amount, "known_on"]
