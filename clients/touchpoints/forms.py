from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils import timezone

from clients.book.models import Client, Contact
from clients.touchpoints.models import Touchpoint


class TouchpointForm(forms.Form):
    """A conversation in one breath: what, with whom, when, which way."""

    summary = forms.CharField(
        label="What was said",
        max_length=5000,
        widget=forms.Textarea(
            attrs={"rows": 3, "placeholder": "Agreed to re-scope paid social from December"}
        ),
    )
    channel = forms.ChoiceField(label="How", choices=Touchpoint.Channel.choices)
    direction = forms.ChoiceField(
        label="About",
        choices=[("upstream", "Their business and plans"), ("downstream", "Our delivery")],
        widget=forms.RadioSelect,
    )
    contact = forms.ModelChoiceField(
        label="With", queryset=Contact.objects.none(), required=False, empty_label="Nobody in particular"
    )
    occurred_at = forms.DateTimeField(
        label="When",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": "Enter a day and a time, for example 2026-11-30 14:30."},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, client: Client, now: datetime) -> None:
        initial = {"direction": "upstream", "channel": "call", "occurred_at": _minute(now)}
        super().__init__(data, prefix="touchpoint", initial=initial)
        contacts = client.contacts.active_on(timezone.localdate(now)).order_by("name", "pk")
        cast(forms.ModelChoiceField, self.fields["contact"]).queryset = contacts


def _minute(now: datetime) -> datetime:
    return timezone.localtime(now).replace(second=0, microsecond=0)
