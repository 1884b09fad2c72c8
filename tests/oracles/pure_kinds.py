"""Examples that are answered without a book, by the public pure modules."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from clients.service.business_time import Calendar, add_business_seconds, business_seconds
from kpis.formulas.contract_total import monthly_amount_of_total
from kpis.formulas.health_score import Component, health_score
from kpis.formulas.percentile import percentile
from kpis.formulas.wilson import wilson_interval

Inputs = dict[str, Any]


def answer(inputs: Inputs) -> dict[str, Any]:
    """What the product says, under the names that the examples use."""
    return ANSWERS[inputs["kind"]](inputs)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _calendar(inputs: Inputs) -> Calendar | None:
    spec = inputs.get("calendar")
    return Calendar.from_spec(spec) if spec else None


def _business_duration(inputs: Inputs) -> dict[str, Any]:
    start, end = _instant(inputs["from"]), _instant(inputs["to"])
    return {"seconds": business_seconds(_calendar(inputs), start, end)}


def _sla_due(inputs: Inputs) -> dict[str, Any]:
    seconds = int(Decimal(str(inputs["target_hours"])) * 3600)
    due = add_business_seconds(_calendar(inputs), _instant(inputs["from"]), seconds)
    return {"due_at": due.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}


def _wilson(inputs: Inputs) -> dict[str, Any]:
    low, high = wilson_interval(inputs["k"], inputs["n"]) or (None, None)
    return {"low": low, "high": high}


def _percentile(inputs: Inputs) -> dict[str, Any]:
    values = [Decimal(str(value)) for value in inputs["values"]]
    found = [percentile(values, Decimal(p) / 100) for p in inputs["p"]]
    return {"value": found[0]} | {f"p{p}": value for p, value in zip(inputs["p"], found, strict=True)}


def _health(inputs: Inputs) -> dict[str, Any]:
    components = [
        Component(
            part["name"],
            Decimal(str(part["weight"])),
            [Decimal(str(measure)) for measure in part["measures"] or () if measure is not None],
        )
        for part in inputs["components"]
    ]
    return {"health": health_score(components)}


def _contract_total(inputs: Inputs) -> dict[str, Any]:
    total, start, end = Decimal(str(inputs["total"])), _instant(inputs["start"]), _instant(inputs["end"])
    return {"monthly_amount": monthly_amount_of_total(total, start.date(), end.date())}


ANSWERS: dict[str, Callable[[Inputs], dict[str, Any]]] = {
    "business_duration": _business_duration,
    "sla_due": _sla_due,
    "wilson": _wilson,
    "percentile": _percentile,
    "health": _health,
    "contract_total": _contract_total,
}
