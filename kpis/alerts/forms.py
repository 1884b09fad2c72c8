from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, cast

from django import forms

from agencyam.zones import list_zones
from kpis.alerts.morning import Morning
from kpis.alerts.rules import RULES, Delivery, Rule, Scope, Wish

OFF = "off"


class SnoozeForm(forms.Form):
    """Until when an alert is put off; there is no putting off without a day."""

    until = forms.DateField(
        label="Bring it back on",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Enter a day, for example 2026-12-01."},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date) -> None:
        super().__init__(data, initial={"until": today + timedelta(days=7)}, auto_id="snooze-%s")
        self.fields["until"].widget.attrs["min"] = (today + timedelta(days=1)).isoformat()


class SubscriptionsForm(forms.Form):
    """For each rule: whether, from when on and how one hears of it; and the hour of the morning mail."""

    digest_hour = forms.TypedChoiceField(
        label="Morning mail at",
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        coerce=int,
        help_text="No mail when there is nothing to say.",
    )
    digest_zone = forms.ChoiceField(
        label="By the clock of", required=False, help_text="Another one if you work elsewhere."
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        wishes: Sequence[Wish],
        morning: Morning,
        agency_zone: str,
        sees_all: bool,
    ) -> None:
        initial = {"digest_hour": morning.hour, "digest_zone": morning.zone}
        super().__init__(data, initial=initial, auto_id="alerts-%s")
        zones = [(name, name) for name in list_zones()]
        zone = cast(forms.ChoiceField, self.fields["digest_zone"])
        zone.choices = [("", f"The agency ({agency_zone})"), *zones]
        for wish in wishes:
            definition = RULES[wish.rule]
            self.fields[f"{wish.rule}_delivery"] = forms.ChoiceField(
                label="Tell me",
                choices=[(OFF, "Not at all"), *Delivery.choices],
                initial=wish.delivery if wish.is_active else OFF,
            )
            self.fields[f"{wish.rule}_scope"] = forms.ChoiceField(
                label="About",
                choices=Scope.choices if sees_all else [(Scope.PORTFOLIO.value, Scope.PORTFOLIO.label)],
                initial=wish.scope if sees_all else Scope.PORTFOLIO,
            )
            self.fields[f"{wish.rule}_threshold"] = forms.TypedChoiceField(
                label="From", choices=definition.choices, initial=wish.threshold, coerce=int
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each rule in words with its three fields."""
        return [
            {
                "label": rule.label,
                "meaning": RULES[rule].meaning,
                "delivery": self[f"{rule}_delivery"],
                "scope": self[f"{rule}_scope"],
                "threshold": self[f"{rule}_threshold"],
            }
            for rule in Rule
        ]

    def morning(self) -> Morning:
        """When a valid form wants the mail."""
        return Morning(self.cleaned_data["digest_hour"], self.cleaned_data["digest_zone"])

    def wishes(self) -> list[Wish]:
        """What a valid form says."""
        return [self._wish(rule) for rule in Rule]

    def _wish(self, rule: Rule) -> Wish:
        delivery = self.cleaned_data[f"{rule}_delivery"]
        return Wish(
            rule=rule,
            is_active=delivery != OFF,
            scope=Scope(self.cleaned_data[f"{rule}_scope"]),
            delivery=Delivery.APP if delivery == OFF else Delivery(delivery),
            threshold=self.cleaned_data[f"{rule}_threshold"],
        )
