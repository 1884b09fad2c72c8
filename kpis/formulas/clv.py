"""Client lifetime value."""

from decimal import Decimal

from kpis.formulas.definition import Definition, Direction, Display, Unit


def compute(
    *, mrr: Decimal, paying_clients: int, gross_margin: Decimal, lost: int, client_months: int
) -> Decimal | None:
    """ARPA x margin / (lost / client_months), divided once at the end."""
    if not paying_clients or not lost:
        return None
    return mrr * gross_margin * client_months / (paying_clients * lost)


CLV = Definition(
    key="clv",
    name="Client lifetime value",
    words=(
        "Average revenue per client x gross margin / monthly client churn. The margin is that of each service, "
        "where it has its own; the churn is pooled over the trailing months of the setting clv_window_months."
    ),
    why=(
        "What a client is worth over its life: the ceiling for the cost of winning one. With a margin of "
        "100% read it as revenue."
    ),
    unit=Unit.MONEY,
    direction=Direction.UP,
    formula=compute,
    display=Display.MONEY,
    places=2,
    empty_reason="no_churn",
    sources=("ChartMogul, customer lifetime value", "AbraCalc, customer lifetime value"),
)
