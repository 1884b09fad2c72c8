from decimal import Decimal
from typing import Any, cast

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_name
from django import forms

from accounts.models import AgencySettings, User
from agencyam.logos import MOST_BYTES, CannotUseLogo, clean_logo
from agencyam.zones import list_zones


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


# How numbers and days are written; the words stay English.
LOCALES = ("en_GB", "en_US", "en_AU", "en_CA", "en_IE", "de_DE", "fr_FR", "nl_NL", "es_ES", "it_IT", "pl_PL")
CURRENCIES = (
    *("AED", "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "INR"),
    *("JPY", "KRW", "MXN", "NOK", "NZD", "PLN", "RON", "SAR", "SEK", "SGD", "THB", "TRY", "USD", "ZAR"),
)


class AgencyForm(forms.Form):
    """What an agency decides about its pages and documents, and how its days and amounts are told."""

    name = forms.CharField(label="Name", max_length=200)
    brand_color = forms.CharField(label="Brand colour", widget=forms.TextInput(attrs={"type": "color"}))
    accent_color = forms.CharField(label="Second colour", widget=forms.TextInput(attrs={"type": "color"}))
    heading_font = forms.ChoiceField(
        label="Typeface of headings in reviews",
        choices=AgencySettings.HeadingFont.choices,
        help_text="Text, tables and charts stay in Inter, whose figures stand under one another.",
    )
    logo = forms.FileField(
        label="Logo",
        required=False,
        help_text="A PNG, JPEG or WebP picture of at most 2 MB. It is drawn anew.",
    )
    has_no_logo = forms.BooleanField(label="Remove the logo", required=False)
    time_zone = forms.ChoiceField(
        label="Time zone",
        help_text="A day begins at its midnight. Another zone moves what happened near midnight to the next day.",
    )
    currency = forms.ChoiceField(
        label="Currency",
        help_text="Amounts are added in it, those of the past too. Months that are frozen keep theirs.",
    )
    locale = forms.ChoiceField(label="How numbers are written")
    is_portfolio_private = forms.BooleanField(
        label="Account managers see only their own clients",
        required=False,
        help_text="Leaders, owners and viewers see all clients either way.",
    )
    freeze_business_day = forms.IntegerField(
        label="Months close on business day",
        min_value=1,
        max_value=20,
        help_text="On this working day of a month the numbers of the month before are frozen.",
    )

    def __init__(self, data: Any = None, files: Any = None, *, settings: AgencySettings) -> None:
        initial = {name: getattr(settings, name, None) for name in self.base_fields if name != "logo"}
        super().__init__(data, files, initial=initial)
        self.has_logo = bool(settings.logo)
        if not self.has_logo:
            del self.fields["has_no_logo"]
        offered = {
            "time_zone": sorted({*list_zones(), settings.time_zone}),
            "currency": sorted({*CURRENCIES, settings.currency}),
            "locale": list(dict.fromkeys([*LOCALES, settings.locale])),
        }
        for name, values in offered.items():
            words = {"currency": _currency_words, "locale": _locale_words}.get(name, str)
            cast(forms.ChoiceField, self.fields[name]).choices = [(each, words(each)) for each in values]

    def clean_logo(self) -> bytes | None:
        """The picture as we keep it; None without one."""
        upload = self.cleaned_data["logo"]
        if upload is None:
            return None
        if upload.size > MOST_BYTES:
            raise forms.ValidationError("A logo may have 2 MB. Save it smaller and try again.")
        try:
            return clean_logo(upload.read())
        except CannotUseLogo as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        """`logo` is only there where it is to change: a picture, or None for no more of it."""
        cleaned: dict[str, Any] = super().clean() or {}
        is_removed = cleaned.pop("has_no_logo", False)
        if cleaned.get("logo") is None and not is_removed:
            cleaned.pop("logo", None)
        return cleaned


def _currency_words(code: str) -> str:
    try:
        return f"{code}, {get_currency_name(code, locale='en')}"
    except (ValueError, UnknownLocaleError):
        return code


def _locale_words(name: str) -> str:
    try:
        example = format_currency(Decimal("1234.5"), "EUR", locale=name)
        return f"{Locale.parse(name).get_display_name('en')}: {example}"
    except (ValueError, UnknownLocaleError):
        return name
