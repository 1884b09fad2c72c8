"""Every choice, in the order of the page. This list is the only way in which a choice is found."""

from kpis.choices.choice import Choice
from kpis.choices.settings_choices import SETTINGS_CHOICES

CHOICES: dict[str, Choice] = {choice.name: choice for choice in SETTINGS_CHOICES}


def choices_touching(kpi: str) -> list[Choice]:
    """The choices on which the definition of a KPI depends."""
    return [choice for choice in CHOICES.values() if kpi in choice.kpis]
