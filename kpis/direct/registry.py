"""Which family answers which KPI. This list is the only way in which a family is found."""

from types import ModuleType

from kpis.direct import delivery, feedback, growth, money, people, service, touchpoints

FAMILIES: tuple[ModuleType, ...] = (money, feedback, service, touchpoints, growth, delivery, people)

FAMILY_OF: dict[str, ModuleType] = {key: family for family in FAMILIES for key in family.KEYS}
