from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms

from kpis.choices.fields import HUNDRED, PercentField
from kpis.formulas.definition import Definition, Direction, Display
from kpis.targeting.page import SCOPE_WORDS
from kpis.targeting.selectors import Named

_UNITS = {
    Display.PERCENT: "In percent.",
    Display.HOURS: "In business hours.",
    Display.MONTHS: "In months.",
    Display.NUMBER: "",
}
WHOLE_AGENCY = "agency:"


class TargetForm(forms.Form):
    """What is aimed at for one KPI, in which slice, from when and until when."""

    slice = forms.ChoiceField(label="For")
    low = forms.DecimalField(label="Target")
    high = forms.DecimalField(label="Upper edge", required=False)
    starts_on = forms.DateField(
        label="From",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Enter a day, for example 2026-12-01."},
    )
    last_on = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Left empty, it holds until another one is set.",
        error_messages={"invalid": "Enter a day, for example 2026-12-31."},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        definition: Definition,
        slices: list[tuple[str, Named]],
        chosen: str,
        currency: str,
        today: date,
    ) -> None:
        initial = {"slice": chosen, "starts_on": today.replace(day=1)}
        if chosen == WHOLE_AGENCY:
            initial |= {"low": definition.target, "high": definition.band_high}
        super().__init__(data, initial=initial, auto_id="target-%s")
        self.definition = definition
        groups = [
            (SCOPE_WORDS[scope], [(f"{scope}:{key}", words) for key, words in named])
            for scope, named in slices
            if named
        ]
        self.fields["slice"].choices = [(WHOLE_AGENCY, "Whole agency"), *groups]  # type: ignore[attr-defined]
        unit = _UNITS.get(definition.display, f"In {currency}.")
        for name in ("low", "high"):
            self.fields[name] = _amount(definition, label=self.fields[name].label, is_required=name == "low")
            self.fields[name].help_text = unit
        if definition.direction != Direction.BAND:
            del self.fields["high"]
        else:
            self.fields["low"].label = "Lower edge"
        self.order_fields(["slice", "low", "high", "starts_on", "last_on"])

    def clean(self) -> dict[str, Any]:
        """Adds `scope`, `key` and `ends_on`, as the service takes them."""
        cleaned: dict[str, Any] = super().clean() or {}
        low, high, last_on = cleaned.get("low"), cleaned.get("high"), cleaned.pop("last_on", None)
        if low is not None and high is not None and high < low:
            self.add_error("high", "The upper edge of a band is not below its lower edge.")
        if last_on is not None and "starts_on" in cleaned and last_on < cleaned["starts_on"]:
            self.add_error("last_on", "The last day is not before the first.")
        scope, _, key = cleaned.pop("slice", WHOLE_AGENCY).partition(":")
        ends_on = None if last_on is None or last_on == date.max else last_on + timedelta(days=1)
        return cleaned | {"scope": scope, "key": key, "ends_on": ends_on}


class TargetEndForm(forms.Form):
    """From which day on a target holds no longer."""

    ends_on = forms.DateField(
        label="It no longer holds from",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Enter a day, for example 2026-12-01."},
    )


def _amount(definition: Definition, *, label: Any, is_required: bool) -> forms.Field:
    """Rates that are no share of anything may lie below 0 or above 100%."""
    is_bounded = definition.is_proportion or definition.display in (Display.HOURS, Display.MONTHS)
    least = Decimal(0) if is_bounded else None
    if definition.display != Display.PERCENT:
        return forms.DecimalField(
            label=label, required=is_required, max_digits=18, decimal_places=2, min_value=least
        )
    most = HUNDRED if definition.is_proportion else None
    return PercentField(
        label=label, required=is_required, max_digits=9, decimal_places=4, min_value=least, max_value=most
    )
