"""F13: whatever people wrote into a field is printed as text; no tag of a template runs, nothing is loaded."""

import html
from dataclasses import fields, is_dataclass, replace

import pypdfium2
import pytest

from reports.pdf import CannotRenderPDF
from reports.qbr.document import Cover, QBRDocument, SectionImage, SectionLayout, State
from reports.qbr.layout import default_layout
from reports.qbr.printing.endless import BREAK, LONGEST_KEPT
from reports.qbr.printing.html import render_document, to_html
from tests import catalogue
from tests.reports.qbr.samples import full_document

# Names that mean something to the renderer: no person writes them.
SET_BY_US = {
    "created",
    "heading_font",
    "brand_color",
    "accent_color",
    "language",
    "paper",
    "form",
    "key",
    "currency",
    "tone",
}
TAGS = "{{ 7|add:700 }} {% now 'Y' %} {% include 'reports/qbr.html' %} {# gone #} <b onclick=x>&amp;</b> ]]> <!--"
ATTACKS = {
    "template tags": TAGS,
    "emoji": "Launch \U0001f680 family \U0001f468\u200d\U0001f469\u200d\U0001f467 flag \U0001f1e9\U0001f1ea",
    "right to left": "مرحبا بالعالم שלום \u202egnp.exe\u202c",
    "control characters": "a\x00b\x0bc\x1fd\ufffe",
    "one long word": "Donau" * 1000,
}


def poisoned(value, text, name=""):
    """The same document with the text in every field that people or their data fill."""
    if isinstance(value, Cover):
        return replace(value, **dict.fromkeys(("agency", "client", "title", "period", "prepared_by"), text))
    if is_dataclass(value) and not isinstance(value, State | SectionImage):
        changed = {
            each.name: poisoned(getattr(value, each.name), text, each.name)
            for each in fields(value)
            if each.name not in SET_BY_US
        }
        return replace(value, **changed)
    if isinstance(value, tuple):
        return tuple(poisoned(item, text, name) for item in value)
    return text if isinstance(value, str) else value


def short_document(text: str) -> QBRDocument:
    """Each kind of row at most twice: the attack is in every field, not in every line."""
    document = full_document()
    document = replace(
        document,
        delivery=replace(document.delivery, rows=document.delivery.rows[:2]),
        service=replace(document.service, requests=document.service.requests[:2]),
        scorecard=replace(document.scorecard, rows=document.scorecard.rows[:2]),
        measures=document.measures[:2],
        layout=tuple(
            SectionLayout(section.key, section.title, notes_html=html.escape(text[:300]))
            for section in default_layout()
        ),
    )
    layout = document.layout
    return replace(poisoned(replace(document, layout=()), text), layout=layout)


def words_of(pdf: bytes) -> str:
    return " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_texts_are_printed_as_text(attack):
    text = ATTACKS[attack]
    document = short_document(text)

    page = to_html(document, has_logo=False)
    rendered = render_document(document, logo=None, identifier="x")

    written = html.unescape(page).replace(BREAK, "").replace("\x00", "")
    expected = text.replace("\x00", "")[: LONGEST_KEPT - 1]
    executed = [sign for sign in ("707", "<b onclick") if sign in page]
    catalogue.report(
        "F13",
        ok=expected in written and not executed,
        attack=attack,
        tags_executed=len(executed),
        pages=rendered.pages,
        seconds=rendered.seconds,
    )


def test_template_tags_reach_the_paper_as_they_were_written():
    document = short_document("{{ 7|add:700 }} {% now 'Y' %}")

    words = " ".join(words_of(render_document(document, logo=None, identifier="x").content).split())

    assert "{{ 7|add:700 }}" in words
    assert "{% now 'Y' %}" in words
    assert "707" not in words


def test_a_document_without_end_is_refused_in_words():
    document = short_document("Donau" * 1000)
    rows = document.delivery.rows[:1] * 400
    endless = replace(document, delivery=replace(document.delivery, rows=rows))

    with pytest.raises(CannotRenderPDF, match="could not be made"):
        render_document(endless, logo=None, identifier="x")
