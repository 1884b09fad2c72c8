"""The pages themselves: sections share them, none is left half empty, and they read aloud in their order."""

import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from reports.qbr.document import QBRDocument, SectionImage
from reports.qbr.layout import default_layout
from reports.qbr.printing.html import render_document
from tests.reports.qbr.samples import EMPTY, full_document

FULL = full_document()
# Of the sheet: where the text begins and ends by the margins of the style sheet, in millimetres.
TOP, BOTTOM = 27, 22
MILLIMETRE = 72 / 25.4
INK = 245
MOST_EMPTY = 0.25
LAST_MOST_EMPTY = 2 / 3
# Half of the sections have a sentence only.
QUIET = replace(FULL, feedback=EMPTY.feedback, service=EMPTY.service)
LITTLE_WORK = replace(FULL, delivery=replace(FULL.delivery, rows=FULL.delivery.rows[:8]))
# A quarter in which little happened, with two charts and so with two tables of their numbers.
SHORT = replace(
    QUIET,
    promises=(),
    goals=(),
    scorecard=replace(FULL.scorecard, rows=FULL.scorecard.rows[:4]),
    next_steps=FULL.next_steps[:1],
    delivery=replace(FULL.delivery, rows=FULL.delivery.rows[:3], more=""),
    commercials=replace(FULL.commercials, hours=(), fees=None, change=None),
    risks=(),
    opportunities=(),
    measures=FULL.measures[:2],
)
# Nothing but fees, whose charts and numbers would leave three pages of Letter a third empty each.
FEES_ONLY = replace(
    EMPTY,
    commercials=replace(EMPTY.commercials, fees=FULL.commercials.fees, change=FULL.commercials.change),
)


def on_paper(document: QBRDocument, paper: str) -> bytes:
    document = replace(document, cover=replace(document.cover, paper=paper))
    return render_document(document, logo=None, identifier="x").content


def empty_shares(pdf: bytes) -> list[float]:
    """How much of each page's room for text stays empty at its end; the cover left out."""
    shares = []
    for page in list(pypdfium2.PdfDocument(pdf))[1:]:
        picture = page.render(scale=0.5).to_pil().convert("L")
        top, bottom = TOP * MILLIMETRE / 2, picture.height - BOTTOM * MILLIMETRE / 2
        inside = picture.crop((0, top, picture.width, bottom))
        _left, _top, _right, last = inside.point(lambda light: 255 * (light < INK)).getbbox()
        shares.append(1 - last / inside.height)
    return shares


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize(
    "document",
    [QUIET, LITTLE_WORK, SHORT, FEES_ONLY],
    ids=["quiet", "little work", "short", "fees only"],
)
def test_no_page_is_left_a_quarter_empty_and_the_last_holds_a_third(document, paper):
    *others, last = empty_shares(on_paper(document, paper))

    assert [round(share, 2) for share in others if share > MOST_EMPTY] == []
    assert last <= LAST_MOST_EMPTY


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_a_quarter_without_anything_to_tell_fills_one_page_without_a_cover(paper):
    nothing = replace(EMPTY, summary=replace(EMPTY.summary, tiles=()), measures=(), has_cover=False)

    assert len(pypdfium2.PdfDocument(on_paper(nothing, paper))) == 1


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_numbers_of_few_charts_get_no_page_of_their_own(paper):
    printed = on_paper(SHORT, paper)

    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(printed)]
    assert "How we measure\r\nDelivered on time" in pages[-1]
    assert "The numbers of the charts" in pages[-1]
    assert empty_shares(printed)[-1] <= MOST_EMPTY


def test_a_review_with_long_names_lists_and_pictures_reads_aloud_without_a_warning(tmp_path):
    picture = io.BytesIO()
    Image.new("RGB", (300, 200), "#ff0080").save(picture, "PNG")
    notes = f"<ul>{'<li>Write for people who compare</li>' * 12}</ul><ol>{'<li>One by one</li>' * 9}</ol>"
    images = tuple(SectionImage(f"image-{n}.png", f"The page, version {n}", 300, 200) for n in (1, 2))
    layout = [
        replace(section, notes_html=notes, images=images) if section.key in ("summary", "goals") else section
        for section in default_layout()
    ]
    client = "Österreichische Gesellschaft für nachhaltige Verpackungen mbH & Co. KG"
    document = replace(FULL, layout=tuple(layout), cover=replace(FULL.cover, client=client))
    printed = render_document(
        document, logo=None, identifier="x", images={image.name: picture.getvalue() for image in images}
    )
    path = tmp_path / "review.pdf"
    path.write_bytes(printed.content)

    # The order of what is painted, items of lists, and running heads taken for text.
    rules = ["--only", "ORD-001,LST-002,TAG-002", "--fail-on", "warning"]
    command = [Path(sys.executable).with_name("outloud"), *rules, path]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (checked.returncode, checked.stdout + checked.stderr if checked.returncode else "") == (0, "")


def test_the_head_of_a_page_names_its_section_and_the_foot_the_client():
    page = pypdfium2.PdfDocument(on_paper(FULL, "a4"))[2]
    text, (width, height) = page.get_textpage(), page.get_size()

    head = text.get_text_bounded(bottom=height - MILLIMETRE * TOP + 1, right=width, top=height)
    foot = text.get_text_bounded(top=MILLIMETRE * BOTTOM - 1, right=width, bottom=0)

    assert head.strip() == "What we promised"
    title = "Zażółć Sp. z o.o. · Quarterly Business Review · Q3 2026 · Confidential"
    assert " ".join(foot.split()) == f"{title} 3 / 10"
