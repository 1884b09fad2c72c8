"""Tags and filters that every page builds on; a built-in of the template engine, so nobody loads it.

A tag renders one part of the design system, a block tag wraps the markup between its ends. Words for people
are made here, once: money, percentages, hours, dates. `None` becomes an en dash: "not known" is not zero.
"""

import json
import re
import zlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.core.serializers.json import DjangoJSONEncoder
from django.forms import BaseForm, BoundField, CheckboxInput
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from agencyam.charts.formats import MINUS
from agencyam.charts.formats import money as short_money
from agencyam.money import format_money, round_half_up

register = template.Library()

NOT_KNOWN = "–"
TONES = frozenset({"good", "warn", "bad", "info", "neutral"})
VERDICTS = {"met": ("good", "Met"), "near": ("warn", "Near"), "missed": ("bad", "Missed")}
# In order: what comes later names itself after what came before.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}
AVATAR_HUES = 6
BRAND_BLUE = "#0f4c81"


# Marks: icon, tag, avatar, the agency's own mark


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite: decoration, unless `label` gives it a meaning of its own."""
    href = f"{static('icons.svg')}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, href)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', href)


@register.simple_tag
def tag(tone: str, word: str, title: str = "") -> SafeString:
    """A state: always a word, with a tone and a shape of its own beside it."""
    check_tone(tone)
    if title:
        return format_html('<span class="tag" data-tone="{}" title="{}">{}</span>', tone, title, word)
    return format_html('<span class="tag" data-tone="{}">{}</span>', tone, word)


@register.simple_tag
@cache
def verdict(status: str) -> SafeString:
    """The tag of a KPI's status: met, near, missed; anything else is not judged."""
    tone, word = VERDICTS.get(status, ("neutral", "Not judged"))
    return format_html('<span class="tag" data-tone="{}">{}</span>', tone, word)


@register.simple_tag
def avatar(name: str, size: str = "") -> SafeString:
    """A person's or a client's initials; the name itself stands beside it in text."""
    hue = zlib.crc32(name.encode()) % AVATAR_HUES
    markup = '<span class="avatar" data-hue="{}" data-size="{}" aria-hidden="true">{}</span>'
    return format_html(markup, hue, size, initials(name))


@register.simple_tag
def brand_mark(name: str, color: str = BRAND_BLUE) -> SafeString:
    """The agency's first letter on its own colour, in whichever of white and black reads better."""
    fill = color if re.fullmatch(r"#[0-9a-fA-F]{6}", color or "") else BRAND_BLUE
    ink = "#ffffff" if luminance(fill) < 0.179 else "#000000"
    markup = (
        '<svg class="mark" viewBox="0 0 32 32" aria-hidden="true">'
        '<rect width="32" height="32" rx="9" fill="{}"/>'
        '<text x="16" y="22" text-anchor="middle" font-size="17" font-weight="700" fill="{}">{}</text></svg>'
    )
    return format_html(markup, fill, ink, (name or "a")[:1].upper())


def luminance(color: str) -> float:
    """Relative luminance of `#rrggbb` as WCAG 2 defines it, 0 to 1."""
    shares = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def check_tone(tone: str) -> None:
    if tone not in TONES:
        raise ValueError(f"{tone!r} is no tone; use one of {', '.join(sorted(TONES))}.")


@register.filter
def initials(name: str) -> str:
    """First letters of the first and the last word: "Ana Okafor" gives AO."""
    words = re.findall(r"\w+", str(name))
    chosen = words if len(words) < 3 else [words[0], words[-1]]
    return "".join(word[0] for word in chosen).upper()


@register.filter
def browser_name(user_agent: str) -> str:
    """Chrome on Windows: what a person recognises in a browser's long description of itself."""
    browser = next((words for sign, words in BROWSERS.items() if sign in user_agent), "A browser")
    system = next((words for sign, words in SYSTEMS.items() if sign in user_agent), "an unknown system")
    return f"{browser} on {system}"


# Numbers and days in words


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """€1,234.50"""
    return NOT_KNOWN if amount is None else with_minus(format_money(Decimal(amount), currency))


@register.filter
def money_round(amount: Decimal | None, currency: str) -> str:
    """€1,235: without the minor unit, for tables."""
    return NOT_KNOWN if amount is None else with_minus(format_money(Decimal(amount), currency, places=0))


@register.filter
def money_short(amount: Decimal | None, currency: str) -> str:
    """€1.23k, €1.9M, as charts write it: for tiles, where the exact amount is one click away."""
    return NOT_KNOWN if amount is None else short_money(currency).short(Decimal(amount))


@register.filter
def number(value: Decimal | int | None, places: int = 0) -> str:
    """1,234 or 1,234.5, rounded half up."""
    if value is None:
        return NOT_KNOWN
    return with_minus(f"{round_half_up(Decimal(value), int(places)):,}")


@register.filter
def signed(value: Decimal | int | None, places: int = 0) -> str:
    """+45 or −3: for points and changes."""
    if value is None:
        return NOT_KNOWN
    text = number(value, places)
    return text if Decimal(value) <= 0 else f"+{text}"


@register.filter
def percent(value: Decimal | None, places: int = 0) -> str:
    """A ratio as a percentage: 0.845 gives 85%, `percent:1` gives 84.5%."""
    return NOT_KNOWN if value is None else f"{number(Decimal(value) * 100, places)}%"


@register.filter
def hours(value: Decimal | None, places: int = 1) -> str:
    """1.9 h"""
    return NOT_KNOWN if value is None else f"{number(value, places)} h"


def with_minus(text: str) -> str:
    return text.replace("-", MINUS)


@register.filter
def day(value: date | datetime | None, form: str = "") -> str:
    """22 Nov 2026; "short" gives 22 Nov, "long" Sunday 22 November 2026, "month" November 2026."""
    if value is None:
        return NOT_KNOWN
    local = as_local(value)
    forms = {"short": "%b", "long": "%B %Y", "month": "%B %Y"}
    text = f"{local:{forms.get(form, '%b %Y')}}"
    if form == "month":
        return text
    return f"{local:%A} {local.day} {text}" if form == "long" else f"{local.day} {text}"


@register.filter
def clock(value: datetime | None) -> str:
    """09:12, in the agency's zone."""
    return NOT_KNOWN if value is None else f"{as_local(value):%H:%M}"


@register.simple_tag
def when(value: date | datetime | None, form: str = "") -> SafeString:
    """A day, with the time if `value` has one, as `<time>`; `form` as in the filter `day`."""
    if value is None:
        return format_html('<span class="muted">{}</span>', NOT_KNOWN)
    local = as_local(value)
    text = f"{day(local, form)}, {local:%H:%M}" if isinstance(local, datetime) else day(local, form)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), text)


@register.filter
def days_from(value: date | datetime | None, today: date) -> str:
    """The distance in words: today, tomorrow, in 28 days, yesterday, 3 days ago."""
    if value is None:
        return NOT_KNOWN
    local = as_local(value)
    count = ((local.date() if isinstance(local, datetime) else local) - today).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    if count in near:
        return near[count]
    return f"in {count} days" if count > 0 else f"{-count} days ago"


def as_local(value: date | datetime) -> date | datetime:
    """An instant in the agency's zone, which the request has made current; a day as it is."""
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


@register.filter
def json_text(value: Any) -> str:
    """JSON as plain text, to be escaped like any text: for scripts that read an element's text."""
    return json.dumps(value, cls=DjangoJSONEncoder)


# Forms


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField, label: str = "", quiet: bool = False, focus: bool = True, help: bool = True
) -> dict[str, Any]:
    """A form's field: label, widget, help and errors.

    `quiet` leaves out "(optional)", as filters do; `help=False` leaves out the help; with `focus` the first
    field in error takes the focus when the page opens. A placeholder that only repeats the label is dropped.
    """
    words = label or bound.label
    if not help:
        bound.help_text = ""
    attrs: dict[str, Any] = {}
    if focus and bound.name == next(iter(bound.form.errors), None):
        attrs["autofocus"] = True
    placeholder, said = (_bare(each) for each in (bound.field.widget.attrs.get("placeholder", ""), words))
    if placeholder and (placeholder in said or said in placeholder):
        attrs["placeholder"] = False
    is_tick = isinstance(bound.field.widget, CheckboxInput)
    kind = "tick" if is_tick else "group" if bound.use_fieldset else "line"
    is_optional = not (bound.field.required or quiet or is_tick)
    widget = bound.as_widget(attrs=attrs)
    return {"bound": bound, "widget": widget, "label": words, "kind": kind, "is_optional": is_optional}


def _bare(words: object) -> str:
    """Words without case and hyphens: "E-mail" and "Email" are the same word."""
    return str(words or "").lower().replace("-", "")


@register.inclusion_tag("components/form_fields.html")
def form_fields(form: BaseForm, focus: bool = True) -> dict[str, Any]:
    """All fields of a form in order, hidden ones too, under a summary of what is wrong."""
    faults = [bound for bound in form.visible_fields() if bound.errors]
    return {"form": form, "faults": faults if len(faults) > 1 else [], "focus": focus}


# Links that keep the rest of the address


def address(context: Context, **changes: Any) -> str:
    """This page's query string with `changes`; an empty value removes a name. Never empty: "?" at least."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page, label: str = "Pages", target: str = "") -> dict[str, Any]:
    """Links to the other pages of a list; with `target` (an element's id) htmx swaps that part only."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    links = [(each, "" if isinstance(each, str) else address(context, page=each)) for each in numbers]
    return {
        "page": page,
        "label": label,
        "target": target,
        "links": links,
        "previous": address(context, page=page.number - 1) if page.has_previous() else "",
        "next": address(context, page=page.number + 1) if page.has_next() else "",
    }


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(
    context: Context, key: str, label: str, numeric: bool = False, default: str = "", target: str = ""
) -> dict[str, Any]:
    """A column's `<th>` that sorts by `?sort=key`, and back by `?sort=-key`. `default`: the list's order."""
    current = context["request"].GET.get("sort") or default
    order = {key: "ascending", f"-{key}": "descending"}.get(current, "")
    href = address(context, sort=f"-{key}" if order == "ascending" else key, page="")
    return {"label": label, "href": href, "order": order, "numeric": numeric, "target": target}


@register.inclusion_tag("components/segments.html", takes_context=True)
def segments(
    context: Context,
    param: str,
    options: Iterable[tuple[str, str]],
    label: str,
    default: str = "",
    target: str = "",
) -> dict[str, Any]:
    """A row of alternatives as links, `?param=value`; `options` are (value, words)."""
    current = context["request"].GET.get(param) or default
    choices = []
    for value, words in options:
        href = address(context, **{param: value, "page": ""})
        choices.append({"href": href, "label": words, "is_current": value == current})
    return {"choices": choices, "label": label, "target": target}


# Blocks that wrap the page's own markup


@register.simple_block_tag
def pagehead(content: SafeString, title: str, text: str = "") -> SafeString:
    """The page's head: its title, one sentence, and the buttons between the tags."""
    return part("page_head", content, title=title, text=text)


@register.simple_block_tag
def panel(content: SafeString, title: str = "", text: str = "", **options: Any) -> SafeString:
    """A framed part of a page. Options: id, count, href and link (at its head), level (of the heading)."""
    return part("panel", content, title=title, text=text, **{"level": 2, **options})


@register.simple_block_tag
def menu(content: SafeString, label: str, id: str, **options: Any) -> SafeString:
    """A button that opens a menu of links and buttons. Options: icon, kind (of the button), hidden_label."""
    return part("menu", content, label=label, id=id, **options)


@register.simple_block_tag
def scroll(content: SafeString, label: str) -> SafeString:
    """A frame for a table too wide for a phone: the frame scrolls, by keyboard too, the page never does."""
    return part("scroll", content, label=label)


@register.simple_block_tag
def dialogbox(content: SafeString, title: str, text: str = "") -> SafeString:
    """What goes into the page's dialog: a heading, a close button and the content."""
    return part("dialog_box", content, title=title, text=text)


def part(name: str, content: SafeString, **values: Any) -> SafeString:
    """The component `name` around `content`, with no other variable in sight."""
    context: Mapping[str, Any] = {"content": content, **values}
    return render_to_string(f"components/{name}.html", context)
