"""Every choice, in the order of the page. This list is the only way in which a choice is found."""

from kpis.choices.choice import Choice
from kpis.choices.settings_choices import SETTINGS_CHOICES

CHOICES: dict[str, Choice] = {choice.name: choice for choice in SETTINGS_CHOICES}
