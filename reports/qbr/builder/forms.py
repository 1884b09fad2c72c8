from collections.abc import Mapping
from typing import Any

from django import forms

from accounts.models import User, UserQuerySet
from agencyam.logos import MOST_BYTES
from clients.plans.models import Goal
from reports.rich_text import MOST_CHARACTERS

GIVE_WAY, INSIST = "theirs", "mine"


class TextForm(forms.Form):
    """The text of a section, the section's revision when it was read, and what was chosen in a conflict.

    `choice` is "mine" or "theirs" with the revision of the other text: "mine-17".
    """

    text = forms.CharField(required=False, strip=False, max_length=MOST_CHARACTERS)
    revision = forms.IntegerField(min_value=0)
    choice = forms.RegexField(rf"^({GIVE_WAY}|{INSIST})-[0-9]{{1,9}}$", required=False)

    @property
    def text_as_sent(self) -> str:
        return str(self.data.get("text", ""))

    @property
    def text_read(self) -> str:
        return str(self.cleaned_data["text"])

    @property
    def is_choice(self) -> bool:
        return bool(self.cleaned_data["choice"])

    @property
    def gives_way(self) -> bool:
        return str(self.cleaned_data["choice"]).startswith(GIVE_WAY)

    @property
    def revision_read(self) -> int:
        """Of the text that this one shall follow."""
        choice: str = self.cleaned_data["choice"]
        return int(choice.rpartition("-")[2]) if choice else int(self.cleaned_data["revision"])

    @property
    def problem(self) -> str:
        return _first_error(self)


class SinceForm(forms.Form):
    """The instant at which a page was loaded, in ISO form."""

    since = forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z"])


class ArrangeForm(forms.Form):
    """One thing to do with a section."""

    what = forms.ChoiceField(choices=[(each, each) for each in ("up", "down", "show", "hide")])


class ImageForm(forms.Form):
    """A picture and what it shows."""

    file = forms.FileField(
        label="Picture",
        help_text="PNG, JPEG or WebP, at most 2 MB.",
        error_messages={"required": "Choose a file."},
    )
    caption = forms.CharField(
        label="What it shows",
        max_length=200,
        help_text="Printed below it, and read out to those who cannot see it.",
        error_messages={"required": "Say what the picture shows."},
    )

    def picture(self) -> dict[str, Any]:
        """The file's bytes, no more of them than are taken, and its words."""
        content = self.cleaned_data["file"].read(MOST_BYTES + 1)
        return {"content": content, "caption": self.cleaned_data["caption"]}

    @property
    def problem(self) -> str:
        return _first_error(self)


class ActionForm(forms.Form):
    """A step for the client's plan."""

    OURS, THEIRS = "ours", "theirs"

    title = forms.CharField(label="What is to be done", max_length=300)
    side = forms.ChoiceField(
        label="Who does it",
        choices=[(OURS, "We"), (THEIRS, "The client")],
        widget=forms.RadioSelect,
        initial=OURS,
    )
    owner = forms.ModelChoiceField(
        label="Our owner",
        queryset=User.objects.none(),
        required=False,
        empty_label="The account manager",
        help_text="Only for a step of ours.",
    )
    due_on = forms.DateField(
        label="Due on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, owners: UserQuerySet) -> None:
        super().__init__(data)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = owners.order_by("name", "pk")

    def action(self) -> dict[str, Any]:
        """The step's fields; an owner of ours is left out of a step of the client."""
        data, is_ours = self.cleaned_data, self.cleaned_data["side"] == self.OURS
        return {
            "title": data["title"],
            "is_ours": is_ours,
            "owner": data["owner"] if is_ours else None,
            "due_on": data["due_on"],
        }


class GoalForm(forms.Form):
    """How a goal stands, why, and what is measured now."""

    status = forms.ChoiceField(label="How it stands", choices=Goal.Standing.choices, widget=forms.RadioSelect)
    current = forms.DecimalField(label="Value now", required=False, max_digits=20, decimal_places=6)
    note = forms.CharField(
        label="Why it stands so",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One sentence for the client, printed below the goal.",
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, goal: Goal) -> None:
        current = None if goal.current is None else f"{goal.current.normalize():f}"
        standing = goal.standing
        initial = {"status": standing, "current": current, "note": goal.status_note}
        super().__init__(data, initial=initial)
        known = (("start", goal.baseline), ("goal", goal.target))
        said = ", ".join(f"{word} {value.normalize():f}" for word, value in known if value is not None)
        about = ": ".join(part for part in (goal.metric, said) if part)
        self.fields["current"].help_text = f"{about}." if about else ""

    def standing(self) -> dict[str, Any]:
        """What the plan is told."""
        data = self.cleaned_data
        return {
            "status": Goal.Standing(data["status"]),
            "current": data["current"],
            "note": data["note"],
        }


def _first_error(form: forms.Form) -> str:
    return next((str(errors[0]) for errors in form.errors.values()), "")
