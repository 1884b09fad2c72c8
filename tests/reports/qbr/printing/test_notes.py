"""What a person writes becomes markup of the document: nothing but the closed list, all of it escaped."""

import pytest

from reports.qbr.printing.notes import as_markup


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("", ""),
        ("<p></p>", ""),
        ("Plain words", '<div class="note"><p>Plain words</p></div>'),
        ("<p>One</p>\n<p>Two</p>", '<div class="note"><p>One</p><p>Two</p></div>'),
        ("Loose <b>and bold</b><p>Two</p>", '<div class="note"><p>Loose <b>and bold</b></p><p>Two</p></div>'),
        (
            "<h2>Head</h2><ul><li>a<br>b</li></ul>",
            '<div class="note"><h3 class="note-heading">Head</h3><ul><li>a<br/>b</li></ul></div>',
        ),
        (
            '<p><a href="https://example.com/?a=1&amp;b=2">x</a></p>',
            '<div class="note"><p><a href="https://example.com/?a=1&amp;b=2">x</a></p></div>',
        ),
    ],
)
def test_the_closed_list_stays(text, markup):
    assert as_markup(text) == markup


@pytest.mark.parametrize("href", ["/kpis/nps/", "javascript:alert(1)", "//evil.example", "asset:logo.png"])
def test_a_link_that_does_not_lead_out_is_only_words(href):
    assert (
        as_markup(f'<p><a href="{href}">rows</a></p>') == '<div class="note"><p><span>rows</span></p></div>'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "<svg><title>x</title></svg>",
        '<p style="color:red" hx-get="/x">a</p>',
        "<p>&lt;svg&gt;&lt;title&gt;x&lt;/title&gt;&lt;/svg&gt;</p>",
    ],
)
def test_nothing_else_survives(text):
    markup = as_markup(text)

    assert not any(part in markup for part in ("<script", "<img", "<svg", "style=", "hx-", "onerror="))
