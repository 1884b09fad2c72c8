"""The sections of a document: their order, which are shown, and what a person added."""

import io
import re
from dataclasses import replace
from html import unescape

import pypdfium2
import pytest
from PIL import Image

from reports.pdf import CannotRenderPDF
from reports.qbr.document import SectionImage, SectionLayout
from reports.qbr.draft import KEYS
from reports.qbr.layout import default_layout, shown_sections
from reports.qbr.mail import write_letter
from reports.qbr.printing.figures import draw_figures
from reports.qbr.printing.html import CannotFindAsset, assets_of, render_document, to_html
from tests.reports.qbr.samples import EMPTY, full_document

FULL = full_document()


def anchors(page):
    return re.findall(r'<section id="([a-z]+)"', page)


def picture(colour="#ff0080"):
    output = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(output, "PNG")
    return output.getvalue()


def test_without_a_layout_every_section_stands_in_the_usual_order():
    assert tuple(anchors(to_html(FULL, has_logo=False))) == KEYS
    assert [section.key for section in default_layout()] == list(KEYS)


def test_a_section_without_content_is_left_out():
    assert [section.key for section in shown_sections(EMPTY)] == [
        "summary",
        "value",
        "service",
        "voice",
        "investment",
        "roadmap",
        "appendix",
    ]


def test_a_scorecard_without_any_number_is_left_out_unless_there_were_some_before():
    row = replace(EMPTY.scorecard.rows[0], before="88%")
    scorecard = replace(EMPTY.scorecard, rows=(row,))

    assert "scorecard" not in {section.key for section in shown_sections(EMPTY)}
    assert "scorecard" in {section.key for section in shown_sections(replace(EMPTY, scorecard=scorecard))}


def test_the_layout_decides_order_headings_and_what_is_shown():
    layout = (SectionLayout("voice", "Your voice"), SectionLayout("summary", "In short"))

    page = to_html(replace(FULL, layout=layout), has_logo=False)

    assert anchors(page) == ["voice", "summary"]
    assert re.findall("<h2>(.*?)</h2>", page) == ["Your voice", "In short"]


@pytest.mark.parametrize(
    ("hidden", "chart"),
    [("investment", "chart-fees"), ("service", "chart-waits"), ("voice", "chart-recommending")],
)
def test_the_numbers_of_a_hidden_section_stand_in_no_appendix(hidden, chart):
    layout = tuple(section for section in default_layout() if section.key != hidden)
    figures = draw_figures(FULL)

    page = to_html(replace(FULL, layout=layout), has_logo=False)

    headline = figures[chart.removeprefix("chart-")].chart.headline
    assert headline in unescape(to_html(FULL, has_logo=False))
    assert headline not in unescape(page)
    assert "The numbers of the charts" in page


def test_the_letter_of_a_review_without_a_summary_tells_none_of_it():
    layout = tuple(section for section in default_layout() if section.key != "summary")
    told, untold = (
        write_letter(document=each, pdf=b"", sender=None) for each in (FULL, replace(FULL, layout=layout))
    )

    for name in ("text_for", "html_for"):
        with_summary, without = (unescape(getattr(each, name)("Júlia")) for each in (told, untold))
        assert FULL.summary.sentences[0] in with_summary
        assert FULL.summary.decisions[0].what in with_summary
        assert FULL.summary.sentences[0] not in without
        assert FULL.summary.decisions[0].what not in without
        assert "In short:" not in without


def test_no_id_stands_twice_on_a_page():
    ids = re.findall(r' id="([^"]+)"', to_html(FULL, has_logo=False, has_narrow=True))

    assert len(ids) == len(set(ids))


def test_the_contents_come_first_where_the_summary_does_not():
    moved = (SectionLayout("voice", "Your voice"), SectionLayout("summary", "In short"))

    first, usual = to_html(replace(FULL, layout=moved), has_logo=False), to_html(FULL, has_logo=False)

    assert first.index('class="contents first"') < first.index('<section id="voice"')
    assert (
        usual.index('<section id="summary"') < usual.index('class="contents"') < usual.index('id="promises"')
    )
    assert re.findall(r'<li><a href="#([a-z]+)"', usual) == list(KEYS[1:])
    assert re.findall(r'<li><a href="#([a-z]+)"', first) == ["voice", "summary"]


@pytest.mark.parametrize(
    ("changes", "has_contents"),
    [
        ({}, False),
        ({"layout": (SectionLayout("value", "Work", notes_html="<p>Nothing was due.</p>"),)}, False),
        ({"layout": (SectionLayout("value", "Work", notes_html=f"<p>{'We worked. ' * 90}</p>"),)}, True),
        ({"next_steps": FULL.next_steps[:1]}, True),
        ({"commercials": FULL.commercials}, True),
    ],
    ids=["quiet", "a line written", "much written", "a step", "fees"],
)
def test_a_review_in_which_nothing_happened_needs_no_contents(changes, has_contents):
    quiet = replace(EMPTY, summary=replace(EMPTY.summary, tiles=()))

    page = to_html(replace(quiet, **changes), has_logo=False)

    assert ("In this review" in page) == has_contents


@pytest.mark.parametrize("key", KEYS)
def test_every_section_shows_its_note_even_without_content(key):
    layout = (SectionLayout(key, "A heading", notes_html="<p>Written <b>by hand</b></p>"),)

    page = to_html(replace(EMPTY, layout=layout), has_logo=False)

    assert anchors(page) == [key]
    assert "<p>Written <b>by hand</b></p>" in page


def test_a_note_is_cleaned_again_on_its_way_to_paper():
    hostile = '<p onclick="x">a</p><script>alert(1)</script><img src="https://evil.example/x.png">'
    layout = (SectionLayout("voice", "Voice", notes_html=hostile),)

    page = to_html(replace(FULL, layout=layout), has_logo=False)

    assert [part for part in ("onclick", "alert(1)", "evil.example") if part in page] == []


def test_a_picture_is_printed_with_its_words():
    image = SectionImage("image-7.png", "The new shelf", 300, 200)
    layout = (SectionLayout("voice", "Voice", images=(image,)),)
    document = replace(FULL, layout=layout)

    pdf = pypdfium2.PdfDocument(
        render_document(document, logo=None, identifier="x", images={"image-7.png": picture()}).content
    )

    colours = {
        colour
        for page in pdf
        for _, colour in page.render(scale=0.5).to_pil().convert("RGB").getcolors(1 << 16)
    }
    assert (255, 0, 128) in colours
    assert 'alt="The new shelf"' in to_html(document, has_logo=False)


def test_two_pictures_stand_beside_each_other_and_a_third_below():
    images = tuple(SectionImage(f"image-{number}.png", "", 300, 200) for number in (7, 8, 9))
    layout = (SectionLayout("voice", "Voice", images=images),)

    page = to_html(replace(FULL, layout=layout), has_logo=False)

    rows = page.split('<div class="pictures')[1:]
    assert [re.findall(r"asset:(image-\d)", row) for row in rows] == [["image-7", "image-8"], ["image-9"]]
    assert [row.startswith(" halves") for row in rows] == [True, False]


@pytest.mark.parametrize("name", ["image-7.png", "qbr.css", "logo.png", "../secret.png"])
def test_a_picture_that_is_not_there_or_takes_anothers_name_is_refused(name):
    layout = (SectionLayout("voice", "Voice", images=(SectionImage(name, "", 1, 1),)),)
    images = {} if name == "image-7.png" else {name: picture()}

    with pytest.raises(CannotFindAsset):
        assets_of(replace(FULL, layout=layout), picture(), images)


def test_only_the_pictures_of_the_layout_are_handed_over():
    assert "image-7.png" not in assets_of(FULL, None, {"image-7.png": picture()})


def test_a_broken_picture_fails_the_review():
    layout = (SectionLayout("voice", "Voice", images=(SectionImage("image-7.png", "", 1, 1),)),)

    with pytest.raises(CannotRenderPDF, match="could not be drawn"):
        render_document(
            replace(FULL, layout=layout), logo=None, identifier="x", images={"image-7.png": b"no picture"}
        )
