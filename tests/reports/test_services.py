"""A review's life: asked for once, rendered once, mailed once to each person."""

import hashlib
from datetime import date

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, OutboxEmail
from agencyam.jobs import runner
from agencyam.jobs import services as job_services
from agencyam.jobs.models import Job
from agencyam.periods import Period
from reports.models import QBR
from reports.pdf import CannotRenderPDF
from reports.qbr import selectors, services
from reports.qbr.document import from_json
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


def ask(client, by=None, **options):
    return services.request_qbr(client=client, period=books.PERIOD, by=by, today=books.TODAY, **options)


@pytest.fixture
def ready(client, member):
    return services.render_qbr(qbr_id=ask(client, member).pk, now=books.NOW)


def send(qbr, by=None):
    return services.send_qbr(qbr=qbr, by=by, today=books.TODAY, now=books.NOW)


def test_a_review_asked_for_twice_is_one_row_and_one_job(client, member):
    first = ask(client, member)

    second = ask(client, member)

    assert second == first
    assert list(Job.objects.filter(kind="reports.render_qbr").values_list("period_key", "queue")) == [
        (f"qbr:{first.pk}", "pdf")
    ]
    asked = AuditEvent.objects.filter(action="qbr.request")
    assert list(asked.values_list("actor__name", flat=True)) == ["Ana Okafor"]


def test_a_ready_review_is_reused_unless_asked_afresh(client, member, ready):
    again = ask(client, member)
    afresh = ask(client, member, is_afresh=True)

    assert again == ready
    assert (afresh.version, afresh.status) == (2, "queued")


def test_a_review_whose_job_gave_up_is_made_anew(client, member):
    qbr = ask(client, member)
    Job.objects.filter(period_key=qbr.job_key).update(status="dead")

    again = ask(client, member)

    assert again.version == 2
    assert selectors.get_progress(qbr=qbr).error == (
        "The review could not be made, although it was tried several times."
    )


def test_another_period_is_another_review(client, member):
    first = ask(client, member)

    other = services.request_qbr(
        client=client, period=Period(date(2026, 4, 1), date(2026, 7, 1)), by=member, today=books.TODAY
    )

    assert other != first
    assert other.version == 1


def test_a_period_that_has_not_begun_is_refused(client, member):
    future = Period(date(2027, 1, 1), date(2027, 4, 1))

    with pytest.raises(services.CannotRequestQBR, match=r"^Q1 2027 has not begun yet"):
        services.request_qbr(client=client, period=future, by=member, today=books.TODAY)

    assert QBR.objects.count() == 0


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


def test_an_attempt_that_died_halfway_prints_what_it_had_frozen(client, member):
    qbr = ask(client, member)
    frozen = services._begin(qbr_id=qbr.pk, now=books.NOW)
    client.name = "Renamed meanwhile"
    client.save()

    services.render_qbr(qbr_id=qbr.pk, now=books.NOW)

    assert frozen.cover.client == "Northwind Ltd"
    assert from_json(selectors.get_snapshot(qbr=qbr)).cover.client == "Northwind Ltd"


def test_a_review_that_cannot_be_printed_says_why(client, member):
    books.make_settings(logo=b"not a picture")
    qbr = ask(client, member)

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
    assert mail.headers == {"Reply-To": "ana@harbour.example"}
    assert [(row["name"], row["type"]) for row in mail.attachments] == [
        ("northwind-ltd-review-q3-2026.pdf", "application/pdf")
    ]
    assert mail.text.startswith("Hello Julia Ramos,\n")
    assert QBR.objects.get().sent_at == books.NOW


def test_fifty_requests_to_send_are_one_mail_for_each_person(ready, client, member):
    ContactFactory(client=client, name="Łukasz", email="lukasz@northwind.example")

    for _ in range(50):
        send(ask(client, member), member)

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


def test_a_review_that_is_not_ready_is_not_sent(client, member):
    qbr = ask(client, member)

    with pytest.raises(services.CannotSendQBR, match=r"^The review is not ready"):
        send(qbr, member)


def test_a_review_for_nobody_is_not_sent(member):
    qbr = services.render_qbr(qbr_id=ask(ClientFactory(name="Silent Ltd"), member).pk, now=books.NOW)

    with pytest.raises(services.CannotSendQBR, match=r"^No contact of Silent Ltd has an e-mail address"):
        send(qbr, member)

    assert OutboxEmail.objects.count() == 0


def test_a_worker_that_lost_its_lease_writes_nothing(client, member):
    qbr = ask(client, member)
    mine = job_services.claim(job_id=selectors.find_job(qbr=qbr).pk, now=timezone.now())
    token = runner._current.set(mine)
    Job.objects.filter(pk=mine.pk).update(fence=mine.fence + 1)

    with pytest.raises(job_services.LostLease):
        services.render_qbr(qbr_id=qbr.pk, now=books.NOW)
    runner._current.reset(token)

    qbr.refresh_from_db()
    assert (qbr.status, qbr.snapshot, qbr.pdf) == ("queued", None, None)
