"""What is asked on a review's way: why it goes back, when the meeting is, who comes, what changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User, UserQuerySet
from clients.book.models import Contact
from reports.qbr.models import QBR

Data = Mapping[str, Any] | None
_MOMENT = "%Y-%m-%dT%H:%M"
# Of meetings. At the ends of the calendar another time zone has no such day.
YEARS = range(2000, 2101)


class ReasonForm(forms.Form):
    """Why a review goes back to its owner."""

    reason = forms.CharField(
        label="What has to change?", max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class CorrectionForm(forms.Form):
    """What the next version says differently."""

    what = forms.CharField(
        label="What changes?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The client reads this. The version that was sent stays as it is.",
    )


class PeopleForm(forms.Form):
    """Who answers for a review and who approves it."""

    owner = forms.ModelChoiceField(
        label="Owner", queryset=User.objects.none(), required=False, empty_label="Nobody yet"
    )
    approver = forms.ModelChoiceField(
        label="Approver", queryset=User.objects.none(), required=False, empty_label="Any leader or owner"
    )

    def __init__(
        self, data: Data = None, *, qbr: QBR, members: UserQuerySet, approvers: UserQuerySet
    ) -> None:
        super().__init__(data, initial={"owner": qbr.owner_id, "approver": qbr.approver_id})
        _choose_from(self.fields["owner"], members)
        _choose_from(self.fields["approver"], approvers)


class MeetingForm(forms.Form):
    """When the meeting is and who comes."""

    meeting_at = forms.DateTimeField(
        label="When",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT),
        input_formats=[_MOMENT, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": "Enter a day and a time, for example 2026-11-30 14:30."},
    )
    contacts = forms.ModelMultipleChoiceField(
        label="From the client",
        queryset=Contact.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    members = forms.ModelMultipleChoiceField(
        label="From us", queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    others = forms.CharField(
        label="Others from the client",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One name a line.",
    )

    def __init__(
        self, data: Data = None, *, qbr: QBR, contacts: QuerySet[Contact], members: UserQuerySet
    ) -> None:
        super().__init__(data, initial=_initial(qbr, contacts, members))
        _choose_from(self.fields["contacts"], contacts)
        _choose_from(self.fields["members"], members)

    def clean_meeting_at(self) -> datetime | None:
        meeting_at: datetime | None = self.cleaned_data["meeting_at"]
        if meeting_at and meeting_at.year not in YEARS:
            raise forms.ValidationError(f"Choose a day from {YEARS[0]} to {YEARS[-1]}.")
        return meeting_at

    def attendees(self) -> list[dict[str, Any]]:
        """Rows for the review, the client's people first."""
        data = self.cleaned_data
        return [
            *({"contact_id": each.pk, "name": each.name, "side": "client"} for each in data["contacts"]),
            *(
                {"contact_id": None, "name": name, "side": "client"}
                for name in data["others"].splitlines()
                if name.strip()
            ),
            *({"contact_id": None, "name": each.name, "side": "agency"} for each in data["members"]),
        ]


class HoldForm(MeetingForm):
    """When the meeting was and who was there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting_at"].required = True
        self.fields["meeting_at"].label = "When it was"


class ChecklistForm(forms.Form):
    """The things to do before the meeting, one a line."""

    steps = forms.CharField(
        label="To do before the meeting",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="One a line. The next review of this client begins with the same list.",
    )

    def texts(self) -> list[str]:
        return list(self.cleaned_data["steps"].splitlines())


def _choose_from(field: forms.Field, rows: QuerySet[Any]) -> None:
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows


def _initial(qbr: QBR, contacts: QuerySet[Contact], members: UserQuerySet) -> dict[str, Any]:
    known = {contact.pk for contact in contacts}
    ours = {row["name"] for row in qbr.attendees if row["side"] == "agency"}
    theirs = [row for row in qbr.attendees if row["side"] == "client"]
    return {
        "meeting_at": _minute(qbr.meeting_at),
        "contacts": [row["contact_id"] for row in theirs if row["contact_id"] in known],
        "others": "\n".join(row["name"] for row in theirs if row["contact_id"] not in known),
        "members": [member.pk for member in members if member.name in ours or member.pk == qbr.owner_id],
    }


def _minute(instant: datetime | None) -> datetime | None:
    return timezone.localtime(instant).replace(second=0, microsecond=0) if instant else None
