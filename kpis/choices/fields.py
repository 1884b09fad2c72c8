"""Form fields for what people write differently from what is stored."""

from decimal import Decimal
from typing import Any

from django import forms

HUNDRED = Decimal(100)


class PercentField(forms.DecimalField):
    """A share that people write as a percentage: 62.5 on the page is 0.625 in Python."""

    def prepare_value(self, value: Any) -> Any:
        """What the input shows; what somebody typed stays as it was typed."""
        return plain(value * HUNDRED) if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Decimal | None:
        percent = super().clean(value)
        return None if percent is None else percent / HUNDRED


class ScoresField(forms.CharField):
    """A list of scores such as 4, 5; nothing means the usual rule."""

    default_error_messages = {"scores": "Write scores as whole numbers with commas, such as 4, 5."}

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            scores = sorted({int(part) for part in text.replace(",", " ").split()})
        except ValueError:
            raise forms.ValidationError(self.error_messages["scores"], code="scores") from None
        if scores and not (scores[0] >= 0 and scores[-1] <= 10):
            raise forms.ValidationError("A score lies between 0 and 10.", code="range")
        return scores or None


def plain(value: Decimal) -> str:
    """A decimal without an exponent and without noughts at its end."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
