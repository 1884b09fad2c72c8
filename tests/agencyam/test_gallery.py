"""The gallery shows each part in both themes, answers its live examples, and lives in the demo only."""

import json

import pytest
from django.http import Http404

from agencyam import gallery


def test_gallery_shows_every_part_light_and_dark(browser):
    page = browser.get("/gallery/").content.decode()

    shown = [page.count(f'<section class="stack tight" id="{name}"') for name, _words in gallery.PARTS]
    themes = [page.count(f'<div class="specimen" data-theme="{theme}">') for theme in ("light", "dark")]

    assert (shown, themes) == ([1] * len(gallery.PARTS), [len(gallery.PARTS)] * 2)


def test_gallery_dialog_is_a_fragment(browser):
    answer = browser.get("/gallery/?answer=dialog").content.decode()

    assert answer.startswith('<div class="dialog-head">')


def test_gallery_toast_is_an_event(browser):
    answer = browser.get("/gallery/?answer=toast")

    assert (answer.status_code, list(json.loads(answer["HX-Trigger"]))) == (204, ["toast"])


def test_gallery_error_fails(browser):
    assert browser.get("/gallery/?answer=error").status_code == 500


def test_gallery_is_gone_outside_demo_and_tests(rf, settings):
    settings.DEMO = settings.TESTING = False

    with pytest.raises(Http404):
        gallery.gallery(rf.get("/gallery/"))
