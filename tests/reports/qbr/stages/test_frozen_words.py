"""What a review froze when it was approved: the versions of its definitions, and what a correction changed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from accounts.models import AgencySettings, OutboxEmail
from kpis.choices.services import change_choice
from reports.pdf import RenderedPDF
from reports.qbr import selectors, services
from reports.qbr.delivery.sending import send_qbr
from reports.qbr.document import from_json
from reports.qbr.mail import file_name
from reports.qbr.printing.html import to_html
from reports.qbr.stages import meetings
from reports.qbr.stages import services as stages
from reports.qbr.writing.material import KEYS
from tests.factories.accounts import LeaderFactory
from tests.factories.clients import ClientFactory, ContactFactory
from tests.reports import books

LATER = books.NOW + timedelta(hours=3)


@pytest.fixture
def client(agency):
    books.make_settings()
    return books.make_client()


def document_of(qbr):
    return from_json(selectors.get_snapshot(qbr=qbr))


def versions_of(qbr):
    """The version that the document names, by the name of its number."""
    return {note.name: note.version for note in document_of(qbr).measures if note.version}


def redefine(name, value):
    change_choice(by=None, name=name, value=value, from_on=date(2026, 9, 1), today=books.TODAY, now=books.NOW)


def test_each_number_says_by_which_version_of_its_definition_it_was_counted(client):
    redefine("csat_satisfied_scores", [3, 4, 5])

    qbr = books.make_approved(client)

    shown = versions_of(qbr)
    assert qbr.definitions == {**dict.fromkeys(KEYS, 1), "csat": 2}
    assert set(qbr.definitions) == set(KEYS)
    assert shown["Satisfied with our answers (CSAT)"] == "version 2"
    assert {words for name, words in shown.items() if "CSAT" not in name} == {"version 1"}
    assert len(shown) == sum(row.value != "–" for row in document_of(qbr).scorecard.rows)
    assert "</b>, version 2<br/>" in to_html(document_of(qbr), has_logo=False)


def test_a_later_definition_leaves_an_approved_review_alone(client):
    qbr = books.make_approved(client)
    before = (document_of(qbr), qbr.definitions)

    redefine("csat_satisfied_scores", [3, 4, 5])
    services.render_qbr(qbr_id=qbr.pk, now=LATER)

    qbr.refresh_from_db()
    assert (document_of(qbr), qbr.definitions) == before


def print_planted(qbr):
    begun = services._begin(qbr_id=qbr.pk)
    return services._store(qbr=begun, rendered=RenderedPDF(b"%PDF-1.7 again", 3, 0.1, 1.0), now=LATER)


def corrected(sent, what):
    new = meetings.correct(qbr=sent, what=what, by=None, today=books.TODAY)
    stages.submit_for_review(qbr=new, by=None, now=LATER)
    return print_planted(stages.approve(qbr=new, by=LeaderFactory(), now=LATER))


def test_a_correction_says_to_its_reader_what_changed(agency):
    books.make_settings()
    client = ClientFactory(name="Northwind Ltd")
    ContactFactory(client=client, email="julia@northwind.example")
    old = books.make_sent(client)
    kept = document_of(old)

    new = corrected(old, "The fee of August was <wrong>.")
    send_qbr(qbr=new, by=None, today=books.TODAY, now=LATER)

    page = to_html(document_of(new), has_logo=False)
    first, second = OutboxEmail.objects.order_by("pk")
    cover = replace(kept.cover, version=2, correction="The fee of August was <wrong>.")
    assert document_of(new).cover == cover
    assert "<b>Version 2.</b> What changed: The fee of August was &lt;wrong&gt;." in page
    assert second.subject == f"{first.subject} (version 2)"
    assert "What changed: The fee of August was <wrong>." in second.text
    assert "What changed" not in first.text + to_html(kept, has_logo=False)
    assert file_name(document_of(new)) == "northwind-ltd-review-q3-2026-version-2.pdf"
    assert (document_of(old), file_name(kept)) == (kept, "northwind-ltd-review-q3-2026.pdf")


def test_the_words_of_a_correction_follow_the_clients_language(agency):
    books.make_settings()
    client = ClientFactory(name="Nordwind GmbH")
    ContactFactory(client=client, email="julia@northwind.example")
    draft = books.make_draft(client)
    type(draft).objects.filter(pk=draft.pk).update(language="de")
    stages.submit_for_review(qbr=draft, by=None, now=books.NOW)
    old = print_planted(stages.approve(qbr=draft, by=LeaderFactory(), now=books.NOW))
    send_qbr(qbr=old, by=None, today=books.TODAY, now=books.NOW)

    new = corrected(old, "Das August-Honorar war falsch.")
    (mail,) = send_qbr(qbr=new, by=None, today=books.TODAY, now=LATER)

    assert mail.subject.endswith("(Fassung 2)")
    assert "Das ist Fassung 2. Sie ersetzt, was Sie bisher hatten." in mail.text
    assert AgencySettings.objects.get_solo().locale != "de_DE"
