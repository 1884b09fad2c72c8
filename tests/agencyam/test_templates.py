"""Templates keep the page policy, parts are documented, and vendored files are what they claim to be."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from django.template.loader import get_template, render_to_string

from accounts.context_processors import PAGES

CHECKOUT = Path(__file__).resolve().parents[2]
TEMPLATES = CHECKOUT / "templates"
PATHS = sorted(TEMPLATES.rglob("*.html"))
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))
MANIFEST = json.loads((CHECKOUT / "static/vendor/manifest.json").read_text())["files"]
FORBIDDEN = {
    "an inline style": r"""\sstyle\s*=""",
    "a style element": r"<style\b",
    "a script without src": r"<script\b(?![^>]*\bsrc=)",
    "an inline handler": r"""\son[a-z]+\s*=\s*["']""",
    "hx-on": r"\bhx-on\b",
    "a value that htmx evaluates": r"""["']js(?:avascript)?:""",
    "the filter safe": r"\|\s*safe\b",
    "the tag autoescape off": r"autoescape\s+off",
    "an address on another site": r"""(?:src|href)=["'](?:https?:)?//""",
}


def name_of(path):
    return str(path.relative_to(TEMPLATES))


def uses_of(pattern, text):
    without_comments = re.sub(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}", "", text, flags=re.DOTALL)
    return re.findall(pattern, without_comments, flags=re.IGNORECASE)


@pytest.mark.parametrize("reason", FORBIDDEN)
def test_no_template_holds(reason):
    found = [name_of(path) for path in PATHS if uses_of(FORBIDDEN[reason], path.read_text())]

    assert found == []


@pytest.mark.parametrize(
    ("reason", "sample"),
    [
        ("an inline style", '<p style="color: red">'),
        ("a style element", "<style>p {}</style>"),
        ("a script without src", "<script defer>run()</script>"),
        ("a script without src", '<script type="application/json">{}</script>'),
        ("an inline handler", '<a onclick="run()">'),
        ("hx-on", '<a hx-on:click="run()">'),
        ("a value that htmx evaluates", """<a hx-vals='js:{a: 1}'>"""),
        ("the filter safe", "{{ note | safe }}"),
        ("the tag autoescape off", "{% autoescape off %}"),
        ("an address on another site", '<script src="https://cdn.example/htmx.js">'),
    ],
)
def test_each_ban_fires_on_a_sample(reason, sample):
    assert len(uses_of(FORBIDDEN[reason], sample)) == 1


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_template_compiles(path):
    get_template(name_of(path))


@pytest.mark.parametrize("path", COMPONENTS, ids=name_of)
def test_component_says_what_it_takes(path):
    header = re.match(r"\{% comment %\}\n(.+?)\n\{% endcomment %\}", path.read_text(), flags=re.DOTALL)

    assert header is not None


def test_every_icon_named_in_a_template_is_in_the_sprite():
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (CHECKOUT / "static/icons.svg").read_text()))
    named = {
        icon
        for path in PATHS
        for icon in uses_of(r"""\{% icon "([^"]+)|\bicon(?:\|default:|=)"([^"]+)""", path.read_text())
    }

    missing = {icon for pair in named for icon in pair if icon} - sprite

    assert missing == set()


def test_every_icon_of_the_menu_is_in_the_sprite():
    sprite = (CHECKOUT / "static/icons.svg").read_text()

    assert [page.label for page in PAGES if f'<symbol id="{page.icon}"' not in sprite] == []


@pytest.mark.parametrize("row", MANIFEST, ids=lambda row: row["path"])
def test_vendored_file_is_the_one_in_the_manifest(row):
    content = (CHECKOUT / row["path"]).read_bytes()

    assert hashlib.sha256(content).hexdigest() == row["sha256"]


def test_every_vendored_file_is_in_the_manifest():
    listed = {row["path"] for row in MANIFEST}
    folders = (CHECKOUT / "static/vendor", CHECKOUT / "tests/vendor")
    present = {
        str(path.relative_to(CHECKOUT)) for folder in folders for path in folder.rglob("*") if path.is_file()
    }

    assert present - listed == {"static/vendor/manifest.json"}


def test_every_vendored_package_brings_its_licence():
    licensed = {row["package"] for row in MANIFEST if "LICENSE" in row["path"]}

    assert licensed == {row["package"] for row in MANIFEST}


def test_every_font_of_the_style_sheet_exists():
    sheet = CHECKOUT / "static/css/fonts.css"
    fonts = re.findall(r'url\("([^"]+)"\)', sheet.read_text())

    assert [(sheet.parent / font).resolve().is_file() for font in fonts] == [True, True]


@pytest.mark.parametrize(
    "name", ["400.html", "403.html", "404.html", "429.html", "500.html", "503.html", "welcome.html"]
)
def test_public_page_needs_no_context(name):
    page = render_to_string(name)

    assert (page.count("<h1>"), page.count("agencyam</footer>")) == (1, 1)


def test_server_error_quotes_the_request():
    page = render_to_string("500.html", {"request_id": "0123456789abcdef"})

    assert "<code>0123456789abcdef</code>" in page
