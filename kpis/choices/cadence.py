"""The cadence as a form asks for it: a band of conversations a month, and others for some tiers."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from accounts.cadence import USUAL, Cadence, check_cadence, read_cadence
from clients.book import selectors as book_selectors
from clients.book.models import Client

OTHERS = "All clients"
OTHER_TIERS = "All other clients"


class BandInput(NamedTuple):
    """One line of the form as it was typed; the blank tier is everybody else."""

    tier: str
    minimum: str
    maximum: str


class CadenceWidget(forms.Widget):
    """A line of two numbers for the agency, and one for each tier that clients have."""

    use_fieldset = True

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        lines = value if isinstance(value, list) else _lines(value or {})
        attrs = self.build_attrs(self.attrs, attrs)
        context = {"name": name, "lines": lines, "attrs": attrs, "others": _name_others(lines)}
        return render_to_string("kpis/cadence_widget.html", context)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[BandInput]:
        columns = (data.getlist(f"{name}-{part}") for part in ("tier", "minimum", "maximum"))
        return [BandInput(*line) for line in zip(*columns, strict=False)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-tier" not in data


class CadenceField(forms.Field):
    """The stored form of a cadence. A tier whose line is left empty has the band of all others."""

    widget = CadenceWidget

    def clean(self, value: Any) -> dict[str, list[int]]:
        bands = {line.tier: _edges(line) for line in value or [] if line.minimum or line.maximum}
        check_cadence(bands)
        if bands.get("") == list(USUAL):
            del bands[""]
        return bands


def cadence_words(stored: Mapping[str, Any]) -> str:
    """Such as: 2 to 4 a month; tier gold 3 to 6."""
    cadence: Cadence = read_cadence(stored)
    tiers = [f"tier {tier} {band.words}" for tier, band in sorted(cadence.tiers.items())]
    return "; ".join([f"{cadence.usual.words} a month", *tiers])


def _lines(stored: Mapping[str, Any]) -> list[BandInput]:
    cadence = read_cadence(stored)
    tiers = sorted({*book_selectors.list_tiers(clients=Client.objects.all()), *cadence.tiers})
    bands = [("", cadence.usual), *((tier, cadence.tiers.get(tier)) for tier in tiers)]
    return [BandInput(tier, *(map(str, band) if band else ("", ""))) for tier, band in bands]


def _name_others(lines: list[BandInput]) -> str:
    return OTHER_TIERS if len(lines) > 1 else OTHERS


def _edges(line: BandInput) -> list[int]:
    try:
        return [int(line.minimum), int(line.maximum)]
    except ValueError:
        whose = f"Tier {line.tier}" if line.tier else "The first line"
        raise ValidationError(f"{whose} needs two whole numbers, or none.") from None
