"""Writing in a draft: saved once, never over somebody else's words, never after the draft is over."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from accounts.models import AuditEvent
from reports.models import QBR, QBRImage, QBRText
from reports.qbr.builder import services
from reports.qbr.stages import services as stages
from reports.qbr.stages.services import CannotChangeQBR
from reports.qbr.writing.drafting import draft_of
from reports.rich_text import CannotUseText
from tests.factories.accounts import MemberFactory, OwnerFactory
from tests.factories.clients import ClientFactory
from tests.reports import books
from tests.reports.qbr.builder.drafts import make_draft


@pytest.fixture
def anna(agency):
    return MemberFactory(name="Anna")


@pytest.fixture
def ben(agency):
    return MemberFactory(name="Ben")


@pytest.fixture
def draft(agency):
    return make_draft(ClientFactory(name="Northwind Ltd"))


def write(draft, text, *, by, revision=0, key="goals", after=timedelta(0)):
    return services.write_section(
        qbr=draft, key=key, text=text, revision=revision, by=by, now=books.NOW + after
    )


def goals(qbr):
    return draft_of(QBR.objects.get(pk=qbr.pk)).section("goals")


def png(color="red", size=(40, 30), mode="RGB"):
    output = io.BytesIO()
    Image.new(mode, size, color).save(output, "PNG")
    return output.getvalue()


def test_a_text_is_saved_clean_with_its_writer_and_noted_once(draft, anna):
    saved = write(draft, '<p onclick="x()">Why</p><script>y()</script>', by=anna)

    section = goals(draft)
    assert (section.text, section.writer_id, section.writer) == ("<p>Why</p>", anna.pk, "Anna")
    assert (section.revision, saved.revision, section.saved_at) == (1, 1, books.NOW)
    assert [event.changes for event in AuditEvent.objects.filter(action="qbr.write")] == [
        {"section": "goals"}
    ]


def test_the_same_text_again_changes_nothing_whatever_was_read(draft, anna, ben):
    write(draft, "<p>Why</p>", by=anna)

    again = write(draft, "<p>Why</p>", by=ben, revision=0)

    assert again.revision == 1
    assert goals(draft).writer == "Anna"


def test_somebody_elses_text_is_not_written_over(draft, anna, ben):
    write(draft, "<p>Hers</p>", by=anna)

    with pytest.raises(services.CannotSaveText) as refused:
        write(draft, "<p>His</p>", by=ben, revision=0)

    assert str(refused.value) == "Anna saved this section while you were writing."
    assert refused.value.theirs == goals(draft)
    assert goals(draft).text == "<p>Hers</p>"
    assert QBRText.objects.count() == 0


def test_two_people_in_two_sections_do_not_stand_in_each_others_way(draft, anna, ben):
    write(draft, "<p>Hers</p>", by=anna, key="voice")

    write(draft, "<p>His</p>", by=ben, key="goals", revision=0)

    stored = draft_of(QBR.objects.get(pk=draft.pk))
    assert (stored.section("voice").text, stored.section("goals").text) == ("<p>Hers</p>", "<p>His</p>")


def test_who_insists_replaces_a_text_that_stays_among_the_earlier_ones(draft, anna, ben):
    write(draft, "<p>Hers</p>", by=anna)

    write(draft, "<p>His</p>", by=ben, revision=1)

    kept = QBRText.objects.get()
    assert (kept.section, kept.text, kept.written_by, kept.written_at) == (
        "goals",
        "<p>Hers</p>",
        anna,
        books.NOW,
    )
    assert goals(draft).text == "<p>His</p>"


def test_who_gives_way_keeps_the_own_text_among_the_earlier_ones(draft, anna, ben):
    write(draft, "<p>Hers</p>", by=anna)

    services.set_aside(qbr=draft, key="goals", text="His", by=ben, now=books.NOW)

    kept = QBRText.objects.get()
    assert (kept.text, kept.written_by) == ("<p>His</p>", ben)
    assert goals(draft).text == "<p>Hers</p>"


def test_one_sitting_is_one_row_of_the_trail_and_the_next_one_keeps_what_was(draft, anna):
    write(draft, "<p>W</p>", by=anna)
    write(draft, "<p>Why</p>", by=anna, revision=1, after=timedelta(minutes=9))
    write(draft, "<p>Later</p>", by=anna, revision=2, after=timedelta(minutes=19))

    assert AuditEvent.objects.filter(action="qbr.write").count() == 2
    assert [text.text for text in QBRText.objects.all()] == ["<p>Why</p>"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("One\nmore\r\n\r\n2 < 3 & so", "<p>One<br>more</p><p>2 &lt; 3 &amp; so</p>"),
        ("<p> <br>&nbsp;</p>", ""),
        ("  ", ""),
        ("<h3>Head</h3><ul><li>a</li></ul>", "<h3>Head</h3><ul><li>a</li></ul>"),
        ('<p>x<img src="https://a.example/x.png"></p>', "<p>x</p>"),
        ('<p><a href="javascript:x()">x</a></p>', "<p><a>x</a></p>"),
        ("<p><ul><li>a</li></ul></p><p>b</p>", "<ul><li>a</li></ul><p>b</p>"),
        ("<p>a</p><p><br></p><p>b</p><p><br></p><p></p>", "<p>a</p><p><br></p><p>b</p>"),
    ],
)
def test_what_is_typed_becomes_clean_html(typed, stored):
    assert services.as_rich_text(typed) == stored


def test_a_text_without_end_is_refused(draft, anna):
    with pytest.raises(CannotUseText):
        write(draft, "x" * 20_001, by=anna)


def test_sections_move_and_hide_and_the_trail_says_so(draft, anna):
    services.arrange(qbr=draft, key="voice", what="up", by=anna)
    services.arrange(qbr=draft, key="risks", what="hide", by=anna)
    services.arrange(qbr=draft, key="risks", what="hide", by=anna)

    stored = draft_of(QBR.objects.get(pk=draft.pk))
    assert [each.key for each in stored.sections].index("voice") == 5
    assert [each.key for each in stored.sections if not each.is_shown] == ["risks"]
    assert stored.is_arranged
    assert QBR.objects.get(pk=draft.pk).revision == 2
    verbs = AuditEvent.objects.filter(action__in=["qbr.move", "qbr.hide"]).order_by("pk")
    assert [event.action for event in verbs] == ["qbr.move", "qbr.hide"]


def test_the_cover_is_left_out_and_comes_back_and_the_trail_says_so(draft, anna):
    services.arrange(qbr=draft, key="cover", what="hide", by=anna)
    hidden = draft_of(QBR.objects.get(pk=draft.pk)).has_cover
    services.arrange(qbr=draft, key="cover", what="hide", by=anna)
    services.arrange(qbr=draft, key="cover", what="show", by=anna)

    trail = AuditEvent.objects.filter(action__in=["qbr.show", "qbr.hide"]).order_by("pk")
    assert (hidden, draft_of(QBR.objects.get(pk=draft.pk)).has_cover) == (False, True)
    assert [(row.action, row.changes) for row in trail] == [
        ("qbr.hide", {"section": "cover"}),
        ("qbr.show", {"section": "cover"}),
    ]


def test_the_cover_has_no_other_place(draft, anna):
    with pytest.raises(CannotChangeQBR):
        services.arrange(qbr=draft, key="cover", what="down", by=anna)


def test_an_opaque_picture_is_kept_as_small_as_it_can_be_and_a_transparent_one_as_it_is(draft, anna):
    noise = Image.effect_noise((400, 300), 80).convert("RGB")
    output = io.BytesIO()
    noise.save(output, "PNG")

    photo = services.add_image(
        qbr=draft, key="value", content=output.getvalue(), caption=" The  shop ", by=anna, now=books.NOW
    )
    drawing = services.add_image(
        qbr=draft, key="value", content=png((0, 0, 0, 0), mode="RGBA"), caption="A line", by=anna, now=books.NOW
    )  # fmt: skip

    assert (photo.kind, photo.caption, photo.width, photo.height) == ("jpg", "The shop", 400, 300)
    assert len(photo.content) < len(output.getvalue())
    assert (drawing.kind, drawing.name) == ("png", f"image-{drawing.pk}.png")
    stored = draft_of(QBR.objects.get(pk=draft.pk)).section("value")
    assert stored.images == (photo.pk, drawing.pk)


def test_a_picture_that_is_taken_away_stays_stored_for_versions_that_print_it(draft, anna):
    image = services.add_image(
        qbr=draft, key="value", content=png(), caption="The shop", by=anna, now=books.NOW
    )

    services.remove_image(qbr=draft, key="value", image_id=image.pk, by=anna)

    assert draft_of(QBR.objects.get(pk=draft.pk)).section("value").images == ()
    assert QBRImage.objects.get() == image


@pytest.mark.parametrize(
    ("content", "caption", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "x", "A picture is a PNG, JPEG or WebP picture"),
        (b"\x89PNG" + b"0" * (2 * 1024 * 1024), "x", "A picture may have 2 MB"),
        (png(), "  ", "Say what the picture shows"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(draft, anna, content, caption, said):
    with pytest.raises(CannotChangeQBR) as refused:
        services.add_image(qbr=draft, key="value", content=content, caption=caption, by=anna, now=books.NOW)

    assert str(refused.value).startswith(said)
    assert QBRImage.objects.count() == 0


def test_a_section_takes_four_pictures(draft, anna):
    for number in range(4):
        services.add_image(qbr=draft, key="value", content=png(), caption=f"{number}", by=anna, now=books.NOW)

    with pytest.raises(CannotChangeQBR):
        services.add_image(qbr=draft, key="value", content=png(), caption="5", by=anna, now=books.NOW)


@pytest.mark.parametrize("stage", ["in_review", "approved"])
def test_after_the_draft_nothing_is_written_any_more(draft, anna, stage):
    stages.submit_for_review(qbr=draft, by=anna, now=books.NOW)
    if stage == "approved":
        stages.approve(qbr=draft, by=OwnerFactory(), now=books.NOW)
    before = QBR.objects.values_list("draft", "revision").get(pk=draft.pk)

    for change in (
        lambda: write(draft, "<p>x</p>", by=anna),
        lambda: services.set_aside(qbr=draft, key="goals", text="x", by=anna, now=books.NOW),
        lambda: services.arrange(qbr=draft, key="goals", what="up", by=anna),
        lambda: services.arrange(qbr=draft, key="goals", what="hide", by=anna),
        lambda: services.add_image(
            qbr=draft, key="goals", content=png(), caption="x", by=anna, now=books.NOW
        ),
        lambda: services.remove_image(qbr=draft, key="goals", image_id=1, by=anna),
    ):
        with pytest.raises(CannotChangeQBR):
            change()

    assert QBR.objects.values_list("draft", "revision").get(pk=draft.pk) == before


def test_there_is_no_section_that_no_review_has(draft, anna):
    with pytest.raises(CannotChangeQBR):
        write(draft, "x", by=anna, key="margin")
