from collections.abc import Sequence
from typing import Any

from django import forms

from reports.qbr.delivery.selectors import Recipient

LONGEST_MESSAGE = 1500


class SendForm(forms.Form):
    """Who gets the review, and the words above its summary."""

    contacts = forms.TypedMultipleChoiceField(
        label="Recipients",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one recipient."},
    )
    message = forms.CharField(
        label="Your message",
        required=False,
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Plain text, above the summary. Empty: one sentence that says what is attached.",
    )

    def __init__(self, *args: Any, recipients: Sequence[Recipient], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choosable = [row.contact for row in recipients if row.may_be_chosen]
        field = self.fields["contacts"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(contact.pk, contact.name) for contact in choosable]
        field.initial = [row.contact.pk for row in recipients if row.may_be_chosen and not row.warning]

    @property
    def chosen_ids(self) -> set[str]:
        """The ticked boxes, as text."""
        return {str(value) for value in self["contacts"].value() or []}


class AnswerForm(forms.Form):
    """What a contact sends from the review's page: one of three deeds and what belongs to it."""

    deed = forms.ChoiceField(choices=[("agree", "agree"), ("comment", "comment"), ("sign_off", "sign_off")])
    steps = forms.MultipleChoiceField(required=False)
    comment = forms.CharField(required=False)

    def __init__(self, *args: Any, n_steps: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["steps"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(place), str(place)) for place in range(n_steps)]
