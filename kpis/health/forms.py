from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from kpis.health.components import PARTS
from kpis.health.weights import MOST_WEIGHT


class WeightsForm(forms.Form):
    """What each component of health weighs, from a day on."""

    from_on = forms.DateField(
        label="From",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Earlier days keep theirs.",
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, weights: Mapping[str, Decimal], today: date
    ) -> None:
        super().__init__(data, initial={"from_on": today})
        for part in PARTS:
            self.fields[part.key] = forms.DecimalField(
                label=part.name,
                min_value=0,
                max_value=MOST_WEIGHT,
                max_digits=5,
                decimal_places=2,
                initial=format(weights[part.key].normalize(), "f"),
                help_text=part.words,
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not sum(cleaned[part.key] for part in PARTS):
            raise forms.ValidationError("At least one component needs weight.")
        return cleaned

    def chosen(self) -> dict[str, Decimal]:
        """The weights of a valid form, by component."""
        return {part.key: self.cleaned_data[part.key] for part in PARTS}

    @property
    def total(self) -> Decimal:
        """The weights together, as far as they are numbers."""
        if self.is_bound:
            return sum((self.cleaned_data.get(part.key) or Decimal(0) for part in PARTS), Decimal(0))
        return sum((Decimal(self.fields[part.key].initial) for part in PARTS), Decimal(0))
