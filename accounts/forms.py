from django import forms

from accounts.models import User


class OwnSettingsForm(forms.ModelForm):
    """How pages look and react for one member."""

    class Meta:
        model = User
        fields = ["theme", "has_single_keys"]
        labels = {"theme": "Appearance", "has_single_keys": "Single-key shortcuts"}
        help_texts = {
            "has_single_keys": "Such as / for search and ? for the list of keys. Turn off for speech input."
        }
        widgets = {"theme": forms.RadioSelect}
