"""The sheets beside the text: the printed review in a frame of our own, in which nothing runs."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from reports.qbr.builder import services
from reports.qbr.builder.sheets import sheets_css
from reports.qbr.layout import titles
from reports.qbr.printing.html import FONTS
from reports.qbr.stages import services as stages
from tests.factories.accounts import MemberFactory, OwnerFactory
from tests.factories.clients import ClientFactory
from tests.reports import books
from tests.reports.qbr.builder.drafts import make_draft
from tests.reports.qbr.builder.test_services import png


@pytest.fixture
def anna(agency):
    return MemberFactory(name="Anna")


@pytest.fixture
def draft(agency):
    return make_draft(books.make_client())


def url(name, qbr):
    return reverse(f"reports:{name}", args=[qbr.pk])


def directives(answer):
    policy = answer["Content-Security-Policy"]
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


def test_the_sheets_say_what_the_draft_says_now_in_its_order(sign_in, draft, anna):
    services.write_section(qbr=draft, key="goals", text="Żółć, said Anna", revision=0, by=anna, now=books.NOW)
    services.add_image(qbr=draft, key="goals", content=png(), caption="The shop", by=anna, now=books.NOW)
    services.arrange(qbr=draft, key="voice", what="up", by=anna)
    services.arrange(qbr=draft, key="risks", what="hide", by=anna)

    page = sign_in(anna).get(url("builder-sheets", draft)).content.decode()

    shown = re.findall(r'<section id="(\w+)"', page)
    expected = [key for key in titles() if key != "risks"]
    place = expected.index("voice")
    expected[place - 1 : place + 1] = ["voice", "service"]
    assert shown == expected
    assert "Żółć, said Anna" in page
    assert 'src="data:image/' in page
    assert "asset:" not in page
    assert "style=" not in page


def test_nothing_runs_in_the_frame_and_only_the_builder_has_one(sign_in, draft, anna):
    browser = sign_in(anna)

    framed, builder = (browser.get(url(name, draft)) for name in ("builder-sheets", "builder-detail"))

    inside, outside = directives(framed), directives(builder)
    assert (inside["sandbox"], inside["frame-ancestors"]) == ("allow-same-origin", "'self'")
    assert (inside["script-src"], inside["form-action"]) == ("'none'", "'none'")
    assert (outside["frame-src"], outside["frame-ancestors"]) == ("'self'", "'none'")
    assert (framed["X-Frame-Options"], builder["X-Frame-Options"]) == ("SAMEORIGIN", "DENY")
    assert 'sandbox="allow-same-origin"' in builder.content.decode()


def test_the_style_is_that_of_print_with_fonts_that_a_browser_finds(sign_in, draft, anna):
    browser = sign_in(anna)

    page = browser.get(url("builder-sheets", draft)).content.decode()
    style = browser.get(url("sheets-look", draft)).content.decode()

    assert f'<link rel="stylesheet" href="{url("sheets-look", draft)}">' in page
    assert "asset:" not in style
    assert [name in style for name in FONTS] == [True] * 3
    assert "--sheet-width: 210mm; --sheet-height: 297mm" in style


def test_the_sheets_have_the_margins_of_print():
    printed, screen = (Path(finders.find(f"css/{name}.css")).read_text() for name in ("qbr", "sheets"))

    margins = re.search(r"@page \{\s*margin: (\w+) (\w+) (\w+);", printed).groups()

    assert re.search(r"--top: (\w+); --side: (\w+); --bottom: (\w+);", screen).groups() == margins


def test_an_approved_review_keeps_its_look_on_its_sheets(draft, anna):
    settings = books.make_settings(brand_color="#112233", heading_font="plex_serif")
    stages.submit_for_review(qbr=draft, by=anna, now=books.NOW)
    approved = stages.approve(qbr=draft, by=OwnerFactory(), now=books.NOW)
    settings.brand_color, settings.heading_font = "#445566", "inter"
    other = make_draft(ClientFactory())

    then, now = (sheets_css(qbr=qbr, settings=settings) for qbr in (approved, other))

    assert ("--brand: #112233" in then, "--brand: #445566" in now) == (True, True)
    assert ("IBM Plex Serif" in then, "IBM Plex Serif" in now) == (True, False)


def test_in_a_private_portfolio_sheets_of_somebody_elses_client_are_not_there(sign_in, draft, anna):
    books.make_settings(is_portfolio_private=True)
    browser = sign_in(anna)

    answers = [browser.get(url(name, draft)).status_code for name in ("builder-sheets", "sheets-look")]

    assert answers == [404, 404]
