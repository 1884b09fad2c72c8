from collections.abc import Mapping
from typing import Any

from django import forms

from reports.qbr.models import Language, Paper, QBRPlan, QBRTemplate


class PlanForm(forms.Form):
    """What is different for the reviews of one client; empty means as in the template."""

    is_paused = forms.BooleanField(
        label="Make no drafts by themselves", required=False, help_text="Somebody can still prepare a review."
    )
    send_after_business_days = forms.IntegerField(
        label="Business days after the end of the quarter", min_value=1, max_value=40, required=False
    )
    template = forms.ModelChoiceField(queryset=QBRTemplate.objects.order_by("tier"), required=False)
    language = forms.ChoiceField(required=False)
    paper = forms.ChoiceField(required=False)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, plan: QBRPlan | None, usual: QBRTemplate
    ) -> None:
        initial = {name: getattr(plan, name) for name in self.base_fields} if plan else {}
        super().__init__(data, initial=initial)
        template = self.fields["template"]
        assert isinstance(template, forms.ModelChoiceField)
        template.empty_label = f"That of the tier: {usual}"
        shown = (plan.template if plan else None) or usual
        for name, choices in (("language", Language), ("paper", Paper)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            as_template = getattr(shown, f"get_{name}_display")()
            field.choices = [("", f"As in the template: {as_template}"), *choices.choices]
        self.fields["send_after_business_days"].help_text = (
            f"Empty: as in the template, {shown.send_after_business_days}. Counted in the client's own time zone"
            " and with the holidays of their calendar."
        )
