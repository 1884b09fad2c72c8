from decimal import Decimal
from typing import Any, cast

from django import forms

from accounts.models import Team, User
from accounts.roles import ROLES, Role


class DayField(forms.DateField):
    """A day, asked for with the browser's own calendar."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": "Enter a day, for example 2026-12-01."},
            **more,
        )


class MemberForm(forms.Form):
    """What the agency keeps of a member."""

    name = forms.CharField(label="Name", max_length=200)
    role = forms.ChoiceField(
        label="Role",
        widget=forms.RadioSelect,
        choices=[(role.value, f"{role.label}: {ROLES[role].description}") for role in Role],
    )
    fte = forms.DecimalField(
        label="Full-time equivalent",
        min_value=Decimal(0),
        max_value=Decimal(2),
        max_digits=4,
        decimal_places=2,
        help_text="1 is a full week; 0.5 is half of one.",
    )
    is_carrying_clients = forms.BooleanField(
        label="Carries clients",
        required=False,
        help_text="Counts among those who share the agency's clients, also while they have none.",
    )
    starts_on = DayField(label="At the agency since", required=False)


class InvitationForm(MemberForm):
    """A new member, who gets a mail to choose a password."""

    email = forms.EmailField(label="E-mail address", max_length=254)
    # Without a day they would have carried clients always, in months that are closed too.
    starts_on = DayField(label="At the agency since")
    field_order = ("name", "email", "role", "fte", "is_carrying_clients", "starts_on")


class EndForm(forms.Form):
    ends_on = DayField(label="First day away")


class PlaceForm(forms.Form):
    """The team of a member, from a day on."""

    team = forms.ModelChoiceField(
        label="Team", queryset=Team.objects.none(), required=False, empty_label="No team"
    )
    starts_on = DayField(label="From")

    def __init__(self, data: Any = None, *, teams: Any, **more: Any) -> None:
        super().__init__(data, **more)
        cast(forms.ModelChoiceField, self.fields["team"]).queryset = teams


class TeamForm(forms.Form):
    name = forms.CharField(label="Name", max_length=120)


def initial_of(member: User) -> dict[str, Any]:
    """What the member's form starts with."""
    return {name: getattr(member, name) for name in MemberForm.base_fields}
