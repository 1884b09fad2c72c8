from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms


class NewDayForm(forms.Form):
    """When a step is to be done instead; there is no putting off without a day."""

    due_on = forms.DateField(
        label="New day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Enter a day, for example 2026-12-01."},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date) -> None:
        tomorrow = today + timedelta(days=1)
        super().__init__(data, initial={"due_on": tomorrow}, auto_id="step-%s")
        self.fields["due_on"].widget.attrs["min"] = tomorrow.isoformat()
