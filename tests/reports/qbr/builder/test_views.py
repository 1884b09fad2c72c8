"""The builder's pages: who may see and write, what a save answers, what two people see of each other."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from reports.models import QBR, QBRImage, QBRText
from reports.qbr.builder import services
from reports.qbr.layout import titles
from reports.qbr.stages import services as stages
from reports.qbr.writing.drafting import draft_of
from tests.factories.accounts import LeaderFactory, MemberFactory, OwnerFactory, ViewerFactory
from tests.factories.clients import ActionItemFactory, ClientFactory, GoalFactory, OpportunityFactory
from tests.queries import queries_of
from tests.reports import books
from tests.reports.qbr.builder.drafts import make_draft
from tests.reports.qbr.builder.test_services import png

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def anna(agency):
    return MemberFactory(name="Anna")


@pytest.fixture
def draft(agency):
    return make_draft(ClientFactory(name="Northwind Ltd"))


def url(name, qbr, *args):
    return reverse(f"reports:{name}", args=[qbr.pk, *args])


def goals(qbr):
    return draft_of(QBR.objects.get(pk=qbr.pk)).section("goals")


def test_the_builder_shows_every_section_in_its_place(sign_in, draft, anna):
    services.arrange(qbr=draft, key="voice", what="up", by=anna)
    services.arrange(qbr=draft, key="risks", what="hide", by=anna)

    page = sign_in(anna).get(url("builder-detail", draft)).content.decode()

    order = [key for key in titles() if f'id="section-{key}"' in page]
    assert order == list(titles())
    assert page.index('id="section-voice"') < page.index('id="section-service"')
    assert "0 of 10 comments written" in page
    assert page.count("data-rich") == 11
    assert "There are no numbers of Q2 2026 to compare with." in page


def test_the_cover_is_left_out_with_a_button_and_what_it_says_stands_above_the_summary(sign_in, draft, anna):
    browser = sign_in(anna)

    browser.post(url("section-arrange", draft, "cover"), {"what": "hide"})

    page = browser.get(url("builder-detail", draft)).content.decode()
    sheets = browser.get(url("builder-sheets", draft)).content.decode()
    assert 'name="what" value="show">Show<span class="unseen"> “Cover”</span>' in page
    assert 'class="cover"' not in sheets
    assert sheets.index("<main") < sheets.index('class="masthead"') < sheets.index('id="summary"')


def test_what_is_open_is_asked_before_the_client_asks(sign_in, anna, agency):
    draft = make_draft(books.make_client())
    OpportunityFactory(client=draft.client, name="Film studio")
    browser = sign_in(anna)

    before = browser.get(url("builder-detail", draft)).content.decode()
    text = "<p>Raise checkout conversion: the new form came late.</p>"
    services.write_section(qbr=draft, key="goals", text=text, revision=0, by=anna, now=books.NOW)
    after = browser.get(url("builder-detail", draft)).content.decode()

    question = "“Raise checkout conversion”, is “Missed” and has no reason"
    assert (question in before, question in after) == (True, False)
    assert "The NPS rests on 4 answers only." in before
    assert "Film studio" in before
    assert "1 of 11 comments written" in after


def test_what_is_printed_anyway_leads_to_its_rows(sign_in, anna, agency):
    draft = make_draft(books.make_client())
    browser = sign_in(anna)

    page = browser.get(url("builder-detail", draft)).content.decode()

    facts = re.findall(r'id="section-(?!cover")(\w+)".*?Rows: (.*?)</p>', page, re.DOTALL)
    links = {key: re.findall(r'href="([^"]+)"', rows) for key, rows in facts}
    assert sorted(links) == sorted(set(titles()) - {"appendix"})
    for address in {unescape(each).split("#")[0] for own in links.values() for each in own}:
        assert browser.get(address).status_code == 200
    panels = {unescape(each).split("#")[1] for own in links.values() for each in own if "#" in each}
    story = browser.get(reverse("clients:client-detail", args=[draft.client.pk])).content.decode()
    assert [panel for panel in sorted(panels) if f'id="{panel}"' not in story] == []
    assert f"/kpis/sla_attainment/?by=client&key={draft.client.book_id}&" in unescape(links["service"][0])


def test_a_save_answers_with_who_saved_it_and_the_revision_to_write_on(sign_in, draft, anna):
    browser = sign_in(anna)

    saved = browser.post(url("section-write", draft, "goals"), {"text": "Why", "revision": "0"}, **HTMX)
    page = saved.content.decode()
    again = browser.post(url("section-write", draft, "goals"), {"text": "Because", "revision": "1"}, **HTMX)

    assert (saved.status_code, again.status_code) == (200, 200)
    assert "Anna saved this section" in page
    assert '<input type="hidden" name="revision" value="1">' in page
    assert "<html" not in page
    assert goals(draft).text == "<p>Because</p>"


def test_a_stale_save_shows_both_texts_and_changes_nothing(sign_in, draft, anna):
    services.write_section(
        qbr=draft, key="goals", text="Hers", revision=0, by=anna, now=timezone.now() - timedelta(minutes=2)
    )
    ben = sign_in(MemberFactory(name="Ben"))

    fragment = ben.post(url("section-write", draft, "goals"), {"text": "His", "revision": "0"}, **HTMX)
    whole = ben.post(url("section-write", draft, "goals"), {"text": "His", "revision": "0"})

    for answer in (fragment, whole):
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Anna saved this section 2\xa0minutes ago, while you were writing." in page
        assert "<p>Hers</p>" in page
        assert "<p>His</p>" in page
        assert '<input type="hidden" name="revision" value="0">' in page
        assert 'value="mine-1"' in page
    assert goals(draft).text == "<p>Hers</p>"


@pytest.mark.parametrize(
    ("choice", "stored", "kept"), [("mine-1", "His", "Hers"), ("theirs-1", "Hers", "His")]
)
def test_whichever_text_is_chosen_the_other_one_is_kept(sign_in, draft, anna, choice, stored, kept):
    services.write_section(qbr=draft, key="goals", text="Hers", revision=0, by=anna, now=timezone.now())
    data = {"text": "His", "revision": "0", "choice": choice}

    answer = sign_in(MemberFactory(name="Ben")).post(url("section-write", draft, "goals"), data)

    assert (answer.status_code, answer.url) == (302, f"{url('builder-detail', draft)}#section-goals")
    assert goals(draft).text == f"<p>{stored}</p>"
    assert QBRText.objects.get().text == f"<p>{kept}</p>"


def test_a_choice_made_on_an_older_text_is_asked_again(sign_in, draft, anna):
    services.write_section(qbr=draft, key="goals", text="Hers", revision=0, by=anna, now=timezone.now())
    services.write_section(qbr=draft, key="goals", text="Hers 2", revision=1, by=anna, now=timezone.now())
    data = {"text": "His", "revision": "0", "choice": "mine-1"}

    answer = sign_in(MemberFactory(name="Ben")).post(url("section-write", draft, "goals"), data)

    assert answer.status_code == 409
    assert goals(draft).text == "<p>Hers 2</p>"


@pytest.mark.parametrize(
    "data",
    [
        {"text": "x"},
        {"text": "x", "revision": "first"},
        {"text": "x" * 20_001, "revision": "0"},
        {"text": "x", "revision": "0", "choice": "both"},
        {"text": "<ul><li>" * 9 + "x", "revision": "0"},
    ],
)
def test_what_cannot_be_saved_is_said_and_stays_on_the_page(sign_in, draft, anna, data):
    answer = sign_in(anna).post(url("section-write", draft, "goals"), data)

    assert answer.status_code == 422
    assert "Not saved:" in answer.content.decode()
    assert not goals(draft).is_written


def test_others_see_what_was_saved_since_they_opened_the_page(sign_in, draft, anna):
    opened = timezone.now() - timedelta(minutes=1)
    services.write_section(qbr=draft, key="goals", text="Hers", revision=0, by=anna, now=timezone.now())
    since = {"since": opened.isoformat()}

    own = sign_in(anna).get(url("builder-news", draft), since, **HTMX).content.decode()
    others = sign_in(MemberFactory(name="Ben")).get(url("builder-news", draft), since, **HTMX)
    later = sign_in(MemberFactory()).get(
        url("builder-news", draft), {"since": timezone.now().isoformat()}, **HTMX
    )

    assert "Anna" not in own
    assert 'id="news-goals"' in others.content.decode()
    assert "news-" not in later.content.decode()


def test_a_picture_is_shown_only_with_reviews_of_its_client(sign_in, draft, anna):
    browser = sign_in(anna)
    file = SimpleUploadedFile("../../shop.svg", png(), content_type="image/svg+xml")
    other = make_draft(ClientFactory(name="Other"))

    added = browser.post(url("image-add", draft, "value"), {"file": file, "caption": "The shop"})
    image = QBRImage.objects.get()
    shown = browser.get(url("image-show", draft, image.pk))
    elsewhere = browser.get(url("image-show", other, image.pk))
    preview = browser.get(url("builder-preview", draft)).content.decode()

    assert added.status_code == 302
    assert (shown.status_code, shown["Content-Type"], shown.content) == (
        200,
        image.content_type,
        bytes(image.content),
    )
    assert elsewhere.status_code == 404
    assert "The shop" in preview


def test_the_preview_wears_the_clothes_of_the_clients_page_in_the_same_order(sign_in, draft, anna):
    page = sign_in(anna).get(url("builder-preview", draft)).text

    sheets = re.findall(r'<link rel="stylesheet" href="[^"]*?(\w+)(?:\.\w+)?\.css"', page)
    assert sheets == ["fonts", "review", "charts", "look"]


def test_a_save_tells_the_list_that_the_section_is_written(sign_in, draft, anna):
    answer = sign_in(anna).post(
        url("section-write", draft, "goals"), {"text": "Well done", "revision": "0"}, **HTMX
    )

    assert 'id="mark-goals" hx-swap-oob="true">written</span>' in answer.text


@pytest.mark.parametrize("name", ["builder-detail", "builder-preview", "builder-news"])
def test_a_review_of_somebody_elses_client_does_not_exist(sign_in, draft, anna, name):
    books.make_settings(is_portfolio_private=True)

    assert sign_in(anna).get(url(name, draft)).status_code == 404


def test_nobody_writes_in_a_review_of_somebody_elses_client(sign_in, draft, anna):
    books.make_settings(is_portfolio_private=True)
    browser = sign_in(anna)

    answers = [
        browser.post(url("section-write", draft, "goals"), {"text": "x", "revision": "0"}),
        browser.post(url("section-arrange", draft, "goals"), {"what": "up"}),
        browser.post(url("image-add", draft, "goals"), {"file": SimpleUploadedFile("a.png", png()), "caption": "x"}),
        browser.post(url("image-remove", draft, "goals", 1)),
    ]  # fmt: skip

    assert [answer.status_code for answer in answers] == [404] * 4
    assert QBR.objects.get(pk=draft.pk).draft == {}


def test_a_viewer_reads_and_writes_nothing(sign_in, draft):
    browser = sign_in(ViewerFactory())

    page = browser.get(url("builder-detail", draft)).content.decode()
    refused = browser.post(url("section-write", draft, "goals"), {"text": "x", "revision": "0"})

    assert "You may read this draft" in page
    assert "<textarea" not in page
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("stage", "said"),
    [("in_review", "This review waits for approval"), ("approved", "This review is approved")],
)
def test_after_the_draft_the_builder_only_reads(sign_in, draft, anna, stage, said):
    services.write_section(qbr=draft, key="goals", text="Hers", revision=0, by=anna, now=books.NOW)
    stages.submit_for_review(qbr=draft, by=anna, now=books.NOW)
    if stage == "approved":
        stages.approve(qbr=draft, by=OwnerFactory(), now=books.NOW)
    browser = sign_in(LeaderFactory())

    page = browser.get(url("builder-detail", draft)).content.decode()
    refused = browser.post(url("section-write", draft, "goals"), {"text": "x", "revision": "1"}, **HTMX)

    assert said in page
    assert "<p>Hers</p>" in page
    assert "There are no numbers of Q2 2026 to compare with." in page
    assert ("<textarea" in page, "Move “" in page, "Add a picture" in page) == (False, False, False)
    assert refused.status_code == 422
    assert goals(draft).text == "<p>Hers</p>"


def test_the_builder_takes_as_many_queries_for_many_rows_as_for_few(sign_in, draft, anna):
    GoalFactory(client=draft.client)
    ActionItemFactory(client=draft.client, due_on=books.TODAY)
    browser = sign_in(anna)
    address = url("builder-detail", draft)
    browser.get(address)

    few = queries_of(lambda: browser.get(address))
    for number in range(29):
        GoalFactory(client=draft.client)
        ActionItemFactory(client=draft.client, due_on=books.TODAY)
        QBRText.objects.create(
            qbr=draft, section="goals", text=f"{number}", written_by=anna, written_at=books.NOW
        )
    many = queries_of(lambda: browser.get(address))

    assert len(many) == len(few)
