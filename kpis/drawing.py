"""How a KPI's values are written on charts."""

from agencyam.charts import COUNT, HOURS, MONTHS, NUMBER, PERCENT, POINTS, Format, money
from kpis.formulas.definition import Definition, Display, Unit


def chart_format(definition: Definition, currency: str) -> Format:
    """The chart format that fits a definition; amounts in ``currency``."""
    match definition.display:
        case Display.MONEY:
            return money(currency)
        case Display.PERCENT:
            return PERCENT
        case Display.HOURS:
            return HOURS
        case Display.MONTHS:
            return MONTHS
    if definition.unit == Unit.POINTS:
        return POINTS
    return COUNT if definition.unit == Unit.COUNT else NUMBER
