from collections.abc import Mapping
from typing import Any

from django import forms

from clients.feedback.pulse import SAFE_FROM, SCALE
from clients.feedback.services import PulseReason

STEPS = [(str(step), str(step)) for step in range(SCALE[0], SCALE[1] + 1)]


class PulseForm(forms.Form):
    """How safe a client is in the eyes of who looks after it."""

    score = forms.TypedChoiceField(
        label="How sure are you that this client stays?",
        choices=[("", "Choose"), *STEPS],
        coerce=int,
        help_text="From 1, they are leaving, to 10, nothing could move them.",
    )
    reason = forms.ChoiceField(
        label="What worries you",
        required=False,
        choices=[("", "Nothing in particular"), *PulseReason.choices],
        help_text=f"Needed below {SAFE_FROM}.",
    )
    note = forms.CharField(
        label="What you go by",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "Renewal talk went well; waiting for legal"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, prefix="pulse")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("score", SAFE_FROM) < SAFE_FROM and not cleaned.get("reason"):
            self.add_error("reason", f"Below {SAFE_FROM}, choose what worries you.")
        return cleaned
