from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from kpis.choices.choice import Choice


class ChoiceForm(forms.Form):
    """What is decided, and from which day on."""

    from_on = forms.DateField(
        label="From",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Enter a day, for example 2026-12-01."},
    )
    field_order = ("value", "from_on")

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, choice: Choice, value: Any, today: date
    ) -> None:
        super().__init__(data, initial={"from_on": today.replace(day=1)}, auto_id=f"{choice.name}-%s")
        field = choice.field()
        field.initial = value
        field.label = choice.label
        field.help_text = field.help_text or choice.hint
        self.fields["value"] = field
        self.order_fields(self.field_order)
