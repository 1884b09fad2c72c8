from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from reports.qbr.draft import COVER, KEYS, first_arrangement
from reports.qbr.layout import titles
from reports.qbr.models import Language, Paper, QBRTemplate
from reports.qbr.planning.plans import USUAL_CHECKLIST

_PLAIN = ("paper", "language", "is_scheduled", "send_after_business_days", "is_own_approval_allowed")


@dataclass(frozen=True)
class SectionRow:
    """A section's two fields: whether it is shown, and its place."""

    title: str
    is_shown: BoundField
    place: BoundField


class TemplateForm(forms.Form):
    """What reviews of a tier begin with."""

    checklist = forms.CharField(
        label="To do before the meeting",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="One thing a line. A client's next review takes over the list of their last one.",
    )
    paper = forms.ChoiceField(choices=Paper.choices)
    language = forms.ChoiceField(choices=Language.choices)
    is_scheduled = forms.BooleanField(
        label="Make drafts by themselves", required=False, help_text="After the end of each quarter."
    )
    send_after_business_days = forms.IntegerField(
        label="Business days after the end of the quarter", min_value=1, max_value=40
    )
    is_own_approval_allowed = forms.BooleanField(
        label="Owners of a review may approve it themselves",
        required=False,
        help_text="Otherwise somebody else reads it first.",
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, template: QBRTemplate, may_relax: bool
    ) -> None:
        initial = {name: getattr(template, name) for name in _PLAIN}
        is_new = template.pk is None
        initial["checklist"] = "\n".join(USUAL_CHECKLIST if is_new else template.checklist)
        arranged = first_arrangement(template.sections)
        initial[f"shown_{COVER}"] = arranged.has_cover
        self._order = [section.key for section in arranged.sections]
        for place, section in enumerate(arranged.sections, start=1):
            initial |= {f"shown_{section.key}": section.is_shown, f"place_{section.key}": place}
        super().__init__(data, initial=initial)
        self.fields[f"shown_{COVER}"] = forms.BooleanField(label="Show the cover", required=False)
        for key in KEYS:
            title = titles()[key]
            self.fields[f"shown_{key}"] = forms.BooleanField(label=f"Show “{title}”", required=False)
            self.fields[f"place_{key}"] = forms.IntegerField(
                label=f"Place of “{title}”", min_value=1, max_value=99
            )
        if not may_relax:
            del self.fields["is_own_approval_allowed"]

    @property
    def rows(self) -> list[SectionRow]:
        """The sections in the order that is stored."""
        return [SectionRow(titles()[key], self[f"shown_{key}"], self[f"place_{key}"]) for key in self._order]

    @property
    def cover(self) -> BoundField:
        """Whether there is one; its place is fixed."""
        return self[f"shown_{COVER}"]

    @property
    def others(self) -> list[BoundField]:
        return [self[name] for name in ("checklist", *_PLAIN) if name in self.fields]

    def choices(self) -> dict[str, Any]:
        """Fields of the template."""
        data = self.cleaned_data
        order = sorted(self._order, key=lambda key: data[f"place_{key}"])
        steps = (" ".join(line.split()) for line in data["checklist"].splitlines())
        return {
            **{name: data[name] for name in _PLAIN if name in data},
            "checklist": list(dict.fromkeys(step for step in steps if step)),
            "sections": [{"key": key, "is_shown": data[f"shown_{key}"]} for key in (COVER, *order)],
        }
