"""Every part of the design system in all its states, light and dark: a page of the demo only."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencyam.gallery_charts import sample_bullet, sample_charts, sample_sparkline

LONG_NAME = "Donaudampfschifffahrtsgesellschaftskapitänsvereinigung Niederösterreich & Söhne International"
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, 12, tzinfo=ZoneInfo("Europe/London"))
PARTS = (
    ("colours", "Colours and type"),
    ("marks", "Tags, avatars, icons, counts"),
    ("buttons", "Buttons, menus, keys"),
    ("heads", "Page head, breadcrumb, segments"),
    ("tiles", "Tiles"),
    ("rows", "Work rows"),
    ("table", "Table"),
    ("fields", "Fields and form"),
    ("timeline", "Timeline and facts"),
    ("board", "Board"),
    ("notices", "Banners, toasts, dialog"),
    ("waiting", "Empty, loading, progress"),
    ("charts", "Charts"),
)


@dataclass(frozen=True)
class Row:
    """A client in the gallery's table."""

    name: str
    manager: str
    monthly: Decimal | None
    ends_on: date | None
    tone: str
    state: str


ROWS = (
    Row("Northwind Ltd", "Ana Okafor", Decimal("8000"), date(2026, 12, 31), "bad", "At risk"),
    Row("Bluefin Travel", "Björn Lindqvist", Decimal("15450.5"), date(2027, 6, 30), "good", "Healthy"),
    Row(
        LONG_NAME,
        "Maximiliane von und zu Hohenstein-Wartenberg",
        Decimal("1234567.89"),
        None,
        "warn",
        "Watch",
    ),
    Row("Orbit", "Ý", None, None, "neutral", "Not judged"),
)


class SpecimenForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(
        label="What happened", help_text="One line; your colleagues read it in the timeline."
    )
    email = forms.EmailField(label="Address", required=False)
    channel = forms.ChoiceField(
        label="Channel", choices=[("call", "Call"), ("mail", "Mail"), ("meeting", "Meeting")]
    )
    due_on = forms.DateField(label="Due", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    amount = forms.DecimalField(
        label="Amount", required=False, min_value=0, help_text="In euro, without the tax."
    )
    notes = forms.CharField(label="Notes", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    score = forms.ChoiceField(
        label="How did it go",
        widget=forms.RadioSelect,
        choices=[("3", "Well"), ("2", "So-so"), ("1", "Badly")],
    )
    told = forms.MultipleChoiceField(
        label="Whom to tell",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("am", "The account manager"), ("lead", "The lead"), ("owner", "The owner")],
    )
    logo = forms.FileField(label="Logo", required=False)
    locked = forms.CharField(
        label="Set by the contract", disabled=True, required=False, initial="Net 30 days"
    )
    is_private = forms.BooleanField(
        label="Only for my team", required=False, help_text="Clients never see notes."
    )


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """The page itself, and the small answers that its live examples ask for."""
    if not (settings.DEMO or settings.TESTING):
        raise Http404
    match request.GET.get("answer"):
        case "dialog":
            return render(request, "gallery/dialog.html", {"form": SpecimenForm(auto_id="dialog_%s")})
        case "toast":
            toast = {"toast": {"text": "Saved. The client page shows it now."}}
            return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(toast)})
        case "error":
            return HttpResponse("This example fails on purpose.", status=500)
    return render(request, "gallery.html", {"parts": PARTS, "themes": [_theme("light"), _theme("dark")]})


def _theme(name: str) -> dict[str, Any]:
    """What the specimens of one theme need; the theme's name keeps their ids apart."""
    wrong = {"title": "", "email": "nobody", "amount": "-5", "channel": "call", "due_on": "2026-11-30"}
    return {
        "name": name,
        "form": SpecimenForm(
            auto_id=f"{name}_%s", initial={"title": "Agreed to re-scope the paid social retainer"}
        ),
        "wrong_form": SpecimenForm(wrong, auto_id=f"{name}_wrong_%s"),
        "rows": ROWS,
        "long_name": LONG_NAME,
        "today": TODAY,
        "now": NOW,
        "yesterday": NOW - timedelta(days=1),
        "page": Paginator(range(1, 1_201), 50).page(7),
        "crumbs": [("Clients", "?"), ("Northwind Ltd", "?"), ("Contracts", "?")],
        "scopes": [("mine", "Mine"), ("team", "Team"), ("all", "All")],
        "charts": sample_charts(name),
        "bullet": sample_bullet(name),
        "sparkline": sample_sparkline(name),
        "hues": [
            "Ana Okafor",
            "Björn Lindqvist",
            "Chiara Marchetti",
            "Duy Nguyen",
            "Elias Haddad",
            "Fabio Silva",
        ],
    }
