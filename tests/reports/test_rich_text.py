import pytest

from reports.rich_text import CannotUseText, clean_rich_text
from tests.catalogue import report

ATTACKS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<a href=javascript:alert(1)>x</a>",
    "<a href='data:text/html,x'>x</a>", "<p style='background:url(http://x)'>x</p>", "<p hx-get=/x data-hx-post=/y>x</p>",
    "<table><td colspan=100000000>x</table>", "<iframe src=//x></iframe>", "<math><mi xlink:href=javascript:x>",
    "<style>*{x:url(//x)}</style>", "<base href=//x>", "<form action=//x><button>", "<p onclick=x>", "<a href=http://x>x</a>",
    "<!--><img src=x onerror=x>-->", "<p class=x id=y>x</p>", "<b <script>x", "<svg><use href=//x#a>", "<object data=//x>",
]  # fmt: skip
FORBIDDEN = (
    "<script",
    "<img",
    "<svg",
    "javascript:",
    "data:",
    "style",
    "hx-",
    "on",
    "<table",
    "<iframe",
    "http://",
    "<base",
    "class",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_loads_styles_or_runs_is_left(attack):
    cleaned = clean_rich_text(attack).lower()

    assert [mark for mark in FORBIDDEN if mark in cleaned.replace("&lt;", "").replace("button", "")] == []


def test_f10_all_attacks_together():
    cleaned = clean_rich_text("".join(ATTACKS))

    report("F10", ok=clean_rich_text(cleaned) == cleaned and "hx-" not in cleaned, attacks=len(ATTACKS))


def test_allowed_tags_stay():
    text = '<h2>A</h2><p>b <strong>c</strong> <a href="https://x.example">d</a></p><ul><li>e</li></ul>'

    assert clean_rich_text(text) == text


@pytest.mark.parametrize("text", ["x" * 20_001, "<blockquote>" * 7 + "x"])
def test_too_long_or_too_deep_is_refused(text):
    with pytest.raises(CannotUseText):
        clean_rich_text(text)
