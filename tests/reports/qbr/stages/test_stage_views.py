"""The page of one review and the queue: what is next, who may do it, in place and without script."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from reports.models import QBR
from reports.qbr.stages import meetings
from reports.qbr.stages import services as stages
from tests.factories.accounts import LeaderFactory, MemberFactory, OwnerFactory, ViewerFactory
from tests.factories.clients import AssignmentFactory, ClientFactory, ContactFactory
from tests.queries import queries_of
from tests.reports import books


@pytest.fixture
def manager(agency):
    books.make_settings()
    return MemberFactory(name="Ana Okafor")


@pytest.fixture
def leader(manager):
    return LeaderFactory(name="Lea Stone")


@pytest.fixture
def client(manager):
    client = ClientFactory(name="Northwind Ltd")
    AssignmentFactory(client=client, member=manager, starts_on=date(2025, 1, 1))
    ContactFactory(client=client, name="Julia Ramos", email="julia@northwind.example")
    return client


@pytest.fixture
def draft(client, manager):
    return books.make_draft(client, manager)


@pytest.fixture
def waiting(draft, manager):
    return stages.submit_for_review(qbr=draft, by=manager, now=books.NOW)


def url(name, *args):
    return reverse(f"reports:{name}", args=args)


def page_of(browser, qbr):
    return browser.get(url("qbr-detail", qbr.pk)).text


def stage_of(qbr):
    return QBR.objects.values_list("stage", flat=True).get(pk=qbr.pk)


def test_the_page_says_the_stage_the_next_step_and_who_did_what(sign_in, draft, manager):
    page = page_of(sign_in(manager), draft)

    assert '<li data-state="now" aria-current="step">Draft</li>' in page
    assert page.count('class="btn primary"') == 1
    assert "Ask for approval" in page
    assert "<b>Ana Okafor</b> made the draft" in page


def test_a_draft_goes_to_its_leader_and_comes_back_with_a_reason(sign_in, draft, manager, leader):
    sign_in(manager).post(url("qbr-step", draft.pk, "submit"))
    waits = page_of(sign_in(manager), draft)
    answer = sign_in(leader).post(url("qbr-send-back", draft.pk), {"reason": "The fee is wrong."})
    back = page_of(sign_in(manager), draft)

    assert "It waits for a leader or an owner." in waits
    assert (answer.status_code, answer.url) == (302, url("qbr-detail", draft.pk))
    assert stage_of(draft) == "draft"
    assert "The fee is wrong." in back


def test_a_leader_approves_on_the_page_and_the_pdf_is_on_its_way(sign_in, waiting, leader):
    browser = sign_in(leader)

    browser.post(url("qbr-approve", waiting.pk), {"revision": waiting.revision})

    page = page_of(browser, waiting)
    assert stage_of(waiting) == "approved"
    assert 'hx-trigger="load delay:1s"' in page
    assert "approved it and froze its numbers" in page


def test_an_account_manager_has_no_button_and_no_way_to_approve(sign_in, waiting, manager):
    browser = sign_in(manager)

    answers = [browser.post(url(name, waiting.pk)).status_code for name in ("qbr-approve", "qbr-send-back")]

    assert answers == [403, 403]
    assert browser.get(url("qbr-queue")).status_code == 403
    assert url("qbr-approve", waiting.pk) not in page_of(browser, waiting)


def test_ones_own_review_is_refused_in_words(sign_in, client, leader):
    OwnerFactory()
    draft = books.make_draft(client, leader)
    stages.submit_for_review(qbr=draft, by=leader, now=books.NOW)

    answer = sign_in(leader).post(url("qbr-approve", draft.pk))

    assert (answer.status_code, stage_of(draft)) == (422, "in_review")
    assert "This review is your own. Somebody else has to approve it." in answer.text


@pytest.mark.parametrize(
    "name", ["qbr-people", "qbr-meeting", "qbr-hold", "qbr-correct", "qbr-checklist", "qbr-send-back"]
)
def test_a_form_stands_alone_and_in_a_dialog(sign_in, draft, leader, name):
    browser = sign_in(leader)

    alone = browser.get(url(name, draft.pk)).text
    dialog = browser.get(url(name, draft.pk), headers={"hx-request": "true"}).text

    assert ("<html" in alone, "<html" in dialog) == (True, False)
    assert f'action="{url(name, draft.pk)}"' in dialog


def test_the_meeting_is_planned_with_people_of_both_sides(sign_in, draft, client, manager):
    julia = client.contacts.get()
    data = {
        "meeting_at": "2026-10-20T14:30",
        "contacts": [julia.pk],
        "members": [manager.pk],
        "others": "Their lawyer\n",
    }

    sign_in(manager).post(url("qbr-meeting", draft.pk), data)

    draft.refresh_from_db()
    # Berlin, where the agency is.
    assert draft.meeting_at == datetime(2026, 10, 20, 12, 30, tzinfo=UTC)
    assert [(row["name"], row["side"]) for row in draft.attendees] == [
        ("Julia Ramos", "client"),
        ("Their lawyer", "client"),
        ("Ana Okafor", "agency"),
    ]


def test_a_line_is_ticked_in_place(sign_in, draft, manager):
    browser, address = sign_in(manager), url("qbr-tick", draft.pk, 0)

    part = browser.post(address, {"is_done": "1"}, headers={"hx-request": "true"})
    plain = browser.post(address, {"is_done": "0"})

    assert part.text.lstrip().startswith('<div id="qbr-checklist"')
    assert (plain.status_code, plain.url) == (302, url("qbr-detail", draft.pk))
    draft.refresh_from_db()
    assert draft.checklist[0]["is_done"] is False


def test_a_step_that_is_none_does_not_exist(sign_in, draft, manager):
    assert sign_in(manager).post(url("qbr-step", draft.pk, "sent")).status_code == 404


def test_a_viewer_reads_and_changes_nothing(sign_in, draft):
    browser = sign_in(ViewerFactory())

    answer = browser.post(url("qbr-step", draft.pk, "submit"))

    assert (answer.status_code, stage_of(draft)) == (403, "draft")
    assert "Ask for approval" not in page_of(browser, draft)


def test_a_correction_leads_to_its_page_and_the_old_one_points_there(sign_in, client, manager):
    sent = books.make_sent(client, manager)
    browser = sign_in(manager)

    answer = browser.post(url("qbr-correct", sent.pk), {"what": "The August fee."})

    new = QBR.objects.get(version=2)
    old_page, new_page = page_of(browser, sent), page_of(browser, new)
    assert answer.url == url("qbr-detail", new.pk)
    assert "There is a later version" in old_page
    assert "What changed: The August fee." in new_page


def test_held_and_closed_are_one_button_each(sign_in, client, manager):
    sent = books.make_sent(client, manager)
    browser = sign_in(manager)

    early = browser.post(url("qbr-hold", sent.pk), {"meeting_at": "2099-01-01T10:00"})
    browser.post(url("qbr-hold", sent.pk), {"meeting_at": "2026-10-05T10:00"})
    held = page_of(browser, sent)
    browser.post(url("qbr-step", sent.pk, "close"))

    assert (early.status_code, "The meeting has not been yet." in early.text) == (422, True)
    assert "Close the review" in held
    assert stage_of(sent) == "closed"


def test_the_list_shows_one_stage(sign_in, waiting, manager):
    books.make_draft(ClientFactory(name="Only a draft"), manager)
    browser = sign_in(manager)

    listed = {
        stage: [qbr.client.name for qbr in browser.get(url("qbr-list"), {"stage": stage}).context["page"]]
        for stage in ("draft", "in_review", "sent")
    }

    assert listed == {"draft": ["Only a draft"], "in_review": ["Northwind Ltd"], "sent": []}


def queue_of(browser):
    return [row.qbr.client.name for row in browser.get(url("qbr-queue")).context["rows"]]


def decide(browser, qbr, decision, **more):
    data = {"qbr_id": qbr.pk, "revision": qbr.revision, "decision": decision, **more}
    return browser.post(url("qbr-queue"), data, headers={"hx-request": "true"})


def test_the_queue_shows_the_oldest_first_and_decides_in_place(sign_in, waiting, manager, leader):
    older = books.make_draft(ClientFactory(name="Older"), manager)
    stages.submit_for_review(qbr=older, by=manager, now=books.NOW - timedelta(days=2))
    browser = sign_in(leader)

    before = queue_of(browser)
    part = decide(browser, older, "send-back", reason="Too long.")
    decide(browser, waiting, "approve")

    assert before == ["Older", "Northwind Ltd"]
    assert part.text.lstrip().startswith('<div id="qbr-queue"')
    assert (stage_of(older), stage_of(waiting), queue_of(browser)) == ("draft", "approved", [])


def test_the_queue_refuses_what_changed_and_what_has_no_reason(sign_in, waiting, leader):
    browser = sign_in(leader)
    QBR.objects.update(revision=7)

    changed = decide(browser, waiting, "approve")
    wordless = decide(browser, waiting, "send-back")

    assert [changed.status_code, wordless.status_code] == [422, 422]
    assert "The review was changed since you opened it." in changed.text
    assert "Say what has to change." in wordless.text
    assert stage_of(waiting) == "in_review"


def test_the_queue_asks_as_much_for_one_as_for_thirty(sign_in, waiting, manager, leader):
    browser = sign_in(leader)
    few = len(queries_of(lambda: browser.get(url("qbr-queue"))))
    for _ in range(29):
        draft = books.make_draft(ClientFactory(), manager)
        stages.submit_for_review(qbr=draft, by=manager, now=books.NOW)

    many = len(queries_of(lambda: browser.get(url("qbr-queue"))))

    assert many == few


def test_the_page_asks_as_much_after_thirty_steps_as_after_one(sign_in, draft, manager):
    browser = sign_in(manager)
    few = len(queries_of(lambda: page_of(browser, draft)))
    for number in range(30):
        meetings.tick(qbr=draft, number=0, is_done=number % 2 == 0, by=manager, now=books.NOW)

    many = len(queries_of(lambda: page_of(browser, draft)))

    assert many == few


def main_button(page):
    """The words of the one main button."""
    (words,) = re.findall(r'class="btn primary"[^>]*>\s*<svg.*?</svg>\s*([^<]+)<', page, re.DOTALL)
    return words.strip()


def test_what_was_sent_asks_for_its_meeting_first_and_then_for_its_steps(sign_in, client, manager):
    sent, browser = books.make_sent(client, manager), sign_in(manager)
    before = page_of(browser, sent)
    meetings.plan_meeting(qbr=sent, meeting_at=books.NOW, attendees=[], by=manager)
    planned = page_of(browser, sent)
    meetings.hold(qbr=sent, meeting_at=books.NOW, attendees=[], by=manager, now=books.NOW)
    held = page_of(browser, sent)

    step = {"title": "Film the shop", "side": "ours", "owner": manager.pk, "due_on": "2099-11-02"}
    answer = browser.post(url("action-add", sent.pk), step)

    pages = (before, planned, held)
    words = ["Plan the meeting", "The meeting was held", "Agree a step"]
    assert [main_button(page) for page in pages] == words
    assert [page.count("Plan the meeting") for page in pages] == [1, 0, 0]
    assert (answer.status_code, answer.url) == (302, url("qbr-detail", sent.pk))
    assert client.action_items.get().title == "Film the shop"


def test_of_many_who_come_the_first_are_named_and_the_rest_on_demand(sign_in, draft, manager):
    people = [{"contact_id": None, "name": f"Guest {n:02}", "side": "client"} for n in range(9)]
    meetings.plan_meeting(qbr=draft, meeting_at=books.NOW, attendees=people, by=manager)

    page = page_of(sign_in(manager), draft)

    first, rest = page.split("<summary>and 3 more</summary>")
    assert [f"Guest {n:02}" in first for n in range(9)] == [True] * 6 + [False] * 3
    assert [f"Guest {n:02}" in rest for n in range(6, 9)] == [True] * 3
