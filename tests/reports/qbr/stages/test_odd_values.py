"""Days at the ends of the calendar and numbers that no row can have: refused or not found, never an error page."""

import pytest
from django.urls import reverse

from reports.models import QBR
from tests.factories.accounts import OwnerFactory
from tests.factories.clients import ClientFactory
from tests.reports import books

HUGE = 10**25
PAGES = ("qbr-detail", "builder-detail", "builder-sheets", "builder-preview", "builder-news")


@pytest.fixture
def owner(agency):
    books.make_settings()
    return OwnerFactory()


@pytest.fixture
def draft(owner):
    return books.make_draft(ClientFactory(name="Northwind Ltd"), owner)


def url(name, *args):
    return reverse(f"reports:{name}", args=args)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "1999-12-31T23:59", "9999-12-31T23:59"])
def test_a_meeting_at_the_end_of_the_calendar_is_refused(sign_in, draft, owner, moment):
    answer = sign_in(owner).post(url("qbr-meeting", draft.pk), {"meeting_at": moment})

    assert answer.status_code == 422
    assert "Choose a day from 2000 to 2100." in answer.text
    assert QBR.objects.get(pk=draft.pk).meeting_at is None


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_step_due_at_the_end_of_the_calendar_breaks_no_page(sign_in, draft, owner, day):
    browser = sign_in(owner)

    browser.post(url("action-add", draft.pk), {"title": "Write", "side": "ours", "due_on": day})

    assert [browser.get(url(name, draft.pk)).status_code for name in PAGES] == [200] * len(PAGES)


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("qbr-detail", []),
        ("qbr-create", []),
        ("plan-change", []),
        ("batch-detail", []),
        ("builder-detail", []),
        ("goal-judge", ["qbr"]),
        ("image-show", ["qbr"]),
    ],
)
def test_an_id_that_no_row_can_have_is_not_found(sign_in, draft, owner, name, before):
    ids = [draft.pk for _ in before]

    assert sign_in(owner).get(url(name, *ids, HUGE)).status_code == 404


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("qbr-people", {"owner": HUGE, "approver": "\x00"}),
        ("qbr-meeting", {"contacts": [HUGE, "\x00"], "members": [HUGE]}),
        ("qbr-send", {"contacts": [HUGE], "message": "\x00"}),
        ("qbr-checklist", {"steps": "\x00"}),
        ("action-add", {"title": "x", "side": "ours", "due_on": "2026-12-01", "owner": HUGE}),
    ],
)
def test_a_form_with_impossible_values_is_in_error(sign_in, draft, owner, name, data):
    assert sign_in(owner).post(url(name, draft.pk), data).status_code == 422


def test_a_revision_from_nowhere_of_a_section_that_nobody_wrote_saves_the_text(sign_in, draft, owner):
    data = {"text": "Better than ever", "revision": HUGE}

    answer = sign_in(owner).post(url("section-write", draft.pk, "summary"), data)

    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("qbr-list", "page=" + "9" * 5000),
        ("qbr-list", "stage=\x00&page=\x00"),
        ("plan-list", "page=-1"),
        ("builder-news", "since=\x00"),
        ("builder-news", "since=0001-01-01T00:00:00%2B14:00"),
        ("builder-news", "since=9999-12-31T23:59:59-14:00"),
        ("builder-detail", "agreed=\x00&judged=" + "9" * 5000),
    ],
)
def test_a_query_from_nowhere_shows_the_page(sign_in, draft, owner, name, query):
    args = [draft.pk] if name.startswith("builder") else []

    assert sign_in(owner).get(f"{url(name, *args)}?{query}").status_code == 200
