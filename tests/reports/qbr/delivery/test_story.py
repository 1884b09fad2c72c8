"""A review in its client's story: what was sent and answered, and nothing about who may have looked."""

from datetime import timedelta

import pytest

from clients.workspace.timeline import get_timeline
from reports.models import QBRLink
from reports.qbr.delivery import answers, links
from reports.qbr.delivery.sending import send_qbr
from reports.qbr.document import from_json
from tests.factories.clients import ClientFactory, ContactFactory
from tests.queries import queries_of
from tests.reports import books

LATER = books.NOW + timedelta(days=2)


@pytest.fixture
def link(printed, member):
    """The open link of one reader of a review that was sent."""
    send_qbr(qbr=printed, by=member, today=books.TODAY, now=books.NOW)
    return QBRLink.objects.filter(qbr=printed, purpose="review").order_by("pk").first()


def story(client, **fields):
    return get_timeline(client=client, now=LATER, only="reviews", **fields).entries


def test_what_a_client_answers_stands_in_their_story(client, link):
    answers.agree(link=link, positions=[0], now=books.NOW + timedelta(hours=1))
    answers.comment(link=link, text="Warn us earlier.", now=books.NOW + timedelta(hours=2))
    answers.sign_off(link=link, now=books.NOW + timedelta(hours=3))

    told = [(entry.label, entry.text, entry.state, entry.contact_name) for entry in story(client)]

    name, step = link.contact.name, from_json(link.qbr.snapshot).next_steps[0].what
    assert told == [
        ("Review signed off", "", "Signed off", name),
        ("Comment on a review", "Warn us earlier.", "", name),
        ("Next step agreed", step, "Agreed", name),
        ("Review sent", "", "", ""),
    ]
    assert {(entry.title, entry.url) for entry in story(client)} == {
        ("Review Q3 2026", f"/reviews/{link.qbr_id}/")
    }


def test_opening_a_link_is_no_event(client, link):
    before = story(client)

    links.note_sighting(link=link, now=LATER)

    assert story(client) == before


def test_another_clients_reviews_are_not_told(link):
    assert story(ClientFactory()) == []


def test_many_answers_ask_no_more_of_the_database_than_few(client, link):
    answers.comment(link=link, text="First", now=books.NOW)
    few = len(queries_of(lambda: story(client)))
    for number in range(20):
        other = ContactFactory(client=client, name=f"Reader {number}")
        own = QBRLink(qbr=link.qbr, contact=other)
        answers.comment(link=own, text="More", now=books.NOW)

    many = len(queries_of(lambda: story(client, page_size=100)))

    assert (few, many) == (3, 3)


def test_what_a_reader_did_stands_in_the_reviews_trail_under_their_name(sign_in, member, link):
    answers.agree(link=link, positions=[0], now=LATER)
    answers.comment(link=link, text="Warn us earlier.", now=LATER)
    answers.sign_off(link=link, now=LATER)

    trail = sign_in(member).get(f"/reviews/{link.qbr_id}/").context["page"].trail

    name = link.contact.name
    assert [(event.who, event.what) for event in trail[:4]] == [
        (name, "signed it off"),
        (name, "wrote a comment"),
        (name, "agreed to next steps"),
        (member.name, "sent it"),
    ]
