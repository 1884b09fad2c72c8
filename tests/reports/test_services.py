"""What was approved is printed once and mailed once to each person."""

import hashlib
from datetime import date

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, OutboxEmail
from agencyam.jobs import runner
from agencyam.jobs import services as job_services
from agencyam.jobs.models import Job
from reports.models import QBR
from reports.pdf import CannotRenderPDF
from reports.qbr import selectors, services
from reports.qbr.delivery.sending import CannotSendQBR, send_qbr
from reports.qbr.document import from_json
from reports.qbr.stages import services as stages
from tests.factories.accounts import MemberFactory
from tests.factories.clients import ClientFactory, ContactFactory
from tests.reports import books


@pytest.fixture
def member(agency):
    books.make_settings()
    return MemberFactory(name="Ana Okafor", email="ana@harbour.example")


@pytest.fixture
def client(member):
    client = ClientFactory(name="Northwind Ltd", book_id="c1")
    ContactFactory(client=client, name="Julia Ramos", email="julia@northwind.example")
    return client


@pytest.fixture
def approved(client, member):
    return books.make_approved(client, member)


@pytest.fixture
def ready(approved):
    return services.render_qbr(qbr_id=approved.pk, now=books.NOW)


def send(qbr, by=None):
    return send_qbr(qbr=qbr, by=by, today=books.TODAY, now=books.NOW)


def test_a_review_whose_job_gave_up_says_so_and_is_printed_again(approved, member):
    Job.objects.filter(period_key=approved.job_key).update(status="dead")
    problem = selectors.get_progress(qbr=approved).error

    again = stages.print_again(qbr=approved, by=member)

    assert problem == "The review could not be made, although it was tried several times."
    assert selectors.get_progress(qbr=again) == selectors.Progress(is_over=False, error="")
    assert Job.objects.filter(kind="reports.render_qbr").count() == 2


def test_rendering_stores_pdf_snapshot_and_hash(ready):
    pdf = selectors.get_pdf(qbr=ready)

    assert pdf[:5] == b"%PDF-"
    assert hashlib.sha256(pdf).hexdigest() == ready.pdf_sha256
    assert from_json(selectors.get_snapshot(qbr=ready)).cover.client == "Northwind Ltd"
    assert (ready.status, ready.rendered_at) == ("ready", books.NOW)


def test_rendering_twice_changes_nothing(ready):
    before = QBR.objects.filter(pk=ready.pk).values().get()

    services.render_qbr(qbr_id=ready.pk, now=books.NOW.replace(hour=23))

    assert QBR.objects.filter(pk=ready.pk).values().get() == before
    assert AuditEvent.objects.filter(action="qbr.render").count() == 1


def test_what_is_printed_is_what_was_approved(approved, client):
    client.name = "Renamed meanwhile"
    client.save()

    services.render_qbr(qbr_id=approved.pk, now=books.NOW)

    assert from_json(selectors.get_snapshot(qbr=approved)).cover.client == "Northwind Ltd"


def test_a_draft_is_not_printed(client, member):
    qbr = services.render_qbr(qbr_id=books.make_draft(client, member).pk, now=books.NOW)

    assert (qbr.stage, qbr.status, qbr.pdf, qbr.snapshot) == ("draft", "queued", None, None)


def test_a_pdf_that_comes_after_the_approval_was_taken_back_is_not_kept(approved, member):
    begun = services._begin(qbr_id=approved.pk)
    rendered = services.print_snapshot(qbr=begun)
    stages.send_back(qbr=approved, by=member, reason="A number is wrong.")

    services._store(qbr=begun, rendered=rendered, now=books.NOW)

    approved.refresh_from_db()
    assert (approved.stage, approved.status, approved.pdf) == ("draft", "queued", None)


def test_a_review_that_cannot_be_printed_says_why(client, member):
    books.make_settings(logo=b"not a picture")
    qbr = books.make_approved(client, member)

    with pytest.raises(CannotRenderPDF):
        services.render_qbr(qbr_id=qbr.pk, now=books.NOW)

    qbr.refresh_from_db()
    assert qbr.status == "failed"
    assert selectors.get_progress(qbr=qbr).error == qbr.error
    assert qbr.error.startswith("The PDF could not be made.")


def test_sending_posts_one_mail_to_each_contact_with_an_address(ready, client, member):
    ContactFactory(client=client, name="Ben Silent", email="")
    ContactFactory(client=client, name="Gone Away", email="gone@northwind.example", left_on=date(2026, 1, 1))
    ContactFactory(name="Somebody else's", email="other@other.example")

    send(ready, member)

    mail = OutboxEmail.objects.get()
    assert (mail.to_email, mail.key, mail.is_client_mail) == (
        "julia@northwind.example",
        "qbr:c1:2026-07-01..2026-10-01:1:julia@northwind.example",
        True,
    )
    assert mail.subject == "Quarterly Business Review Q3 2026: Northwind Ltd"
    assert mail.headers == {
        "From": "Harbour & Finch <no-reply@localhost>",
        "Reply-To": "ana@harbour.example",
        "List-Unsubscribe": "<[[unsubscribe-link]]>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert [(row["name"], row["type"]) for row in mail.attachments] == [
        ("northwind-ltd-review-q3-2026.pdf", "application/pdf")
    ]
    assert mail.text.startswith("Hello Julia Ramos,\n")
    assert QBR.objects.get().sent_at == books.NOW


def test_fifty_requests_to_send_are_one_mail_for_each_person(ready, client, member):
    ContactFactory(client=client, name="Łukasz", email="lukasz@northwind.example")

    for _ in range(50):
        send(books.make_draft(client, member), member)

    assert sorted(OutboxEmail.objects.values_list("to_email", flat=True)) == [
        "julia@northwind.example",
        "lukasz@northwind.example",
    ]
    assert Job.objects.filter(kind="mail.send").count() == 2
    assert AuditEvent.objects.filter(action="qbr.send").count() == 1


def test_two_contacts_with_one_address_get_one_mail(ready, client, member):
    ContactFactory(client=client, name="Zoe Shared", email="JULIA@northwind.example")

    send(ready, member)

    assert OutboxEmail.objects.count() == 1


def test_a_contact_who_came_later_still_gets_the_review(ready, client, member):
    send(ready, member)
    ContactFactory(client=client, name="New Person", email="new@northwind.example")

    send(ready, member)

    events = AuditEvent.objects.filter(action="qbr.send").order_by("pk").values_list("changes__to", flat=True)
    assert list(events) == [["julia@northwind.example"], ["new@northwind.example"]]


def test_a_review_that_is_not_printed_is_not_sent(approved, member):
    with pytest.raises(CannotSendQBR, match=r"^The review is not ready"):
        send(approved, member)


def test_a_draft_is_not_sent(client, member):
    qbr = books.make_draft(client, member)

    with pytest.raises(CannotSendQBR, match=r"^The review is not approved"):
        send(qbr, member)

    assert OutboxEmail.objects.count() == 0


def test_a_review_for_nobody_is_not_sent(member):
    qbr = books.make_ready(ClientFactory(name="Silent Ltd"), member)

    with pytest.raises(CannotSendQBR, match=r"^No contact of Silent Ltd has an e-mail address"):
        send(qbr, member)

    assert OutboxEmail.objects.count() == 0


def test_a_worker_that_lost_its_lease_writes_nothing(approved):
    qbr = approved
    mine = job_services.claim(job_id=selectors.find_job(qbr=qbr).pk, now=timezone.now())
    token = runner._current.set(mine)
    Job.objects.filter(pk=mine.pk).update(fence=mine.fence + 1)

    with pytest.raises(job_services.LostLease):
        services.render_qbr(qbr_id=qbr.pk, now=books.NOW)
    runner._current.reset(token)

    qbr.refresh_from_db()
    assert (qbr.status, qbr.pdf) == ("queued", None)
