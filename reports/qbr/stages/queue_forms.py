from django import forms


class DecisionForm(forms.Form):
    """One decision of the queue: which review, as it was seen, approved or sent back and why."""

    qbr_id = forms.IntegerField(min_value=1)
    revision = forms.IntegerField(min_value=0)
    decision = forms.ChoiceField(choices=[("approve", "Approve"), ("send-back", "Send back")])
    reason = forms.CharField(required=False, max_length=2000)
