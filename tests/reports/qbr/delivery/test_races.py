"""Catalogue rows W5 and J18: the same deed from many hands at once."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from accounts.models import AuditEvent, OutboxEmail
from agencyam.jobs.models import Job
from agencyam.tenancy.context import tenant_context
from clients.models import Contact
from reports.models import QBR, QBRDelivery, QBRSignOff
from reports.qbr.delivery.sending import send_qbr
from tests.catalogue import report
from tests.factories.accounts import PASSWORD, MemberFactory
from tests.factories.clients import ClientFactory, ContactFactory
from tests.reports import books
from tests.reports.qbr.delivery.conftest import open_letter
from tests.web.visitors import new_browser

HOST = "scratch.localhost"
THREADS = 10


@pytest.fixture
def review(scratch_agency):
    """A printed review in an agency where everything is committed."""
    with tenant_context(scratch_agency):
        books.make_settings()
        MemberFactory(name="Ana Okafor", email="ana@harbour.example")
        client = ClientFactory(name="Northwind Ltd", book_id="c1")
        ContactFactory(client=client, name="Julia Ramos", email="julia@northwind.example")
        ContactFactory(client=client, name="Łukasz", email="lukasz@northwind.example")
        return books.make_printed(client)


def at_once(times, work):
    """Do the work so many times in all, from as many threads as start together. Returns what they answered."""
    barrier, answers = threading.Barrier(THREADS), []

    def start():
        barrier.wait()
        for _ in range(times // THREADS):
            answers.append(work())
        connection.close()

    threads = [threading.Thread(target=start) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_w5_a_hundred_sign_offs_at_once_are_one(review, scratch_agency):
    with tenant_context(scratch_agency):
        send_qbr(qbr=review, by=None, today=books.TODAY, now=books.NOW)
        letter = open_letter(OutboxEmail.objects.get(to_email="julia@northwind.example"))

    with time_machine.travel(books.NOW + timedelta(days=1), tick=True):
        answers = at_once(
            100, lambda: new_browser(HOST).post(letter.review, {"deed": "sign_off"}).status_code
        )
    with time_machine.travel(books.NOW + timedelta(days=2), tick=True):
        next_day = new_browser(HOST).post(letter.review, {"deed": "sign_off"}).status_code

    with tenant_context(scratch_agency):
        votes = QBRSignOff.objects.count()
        trail = AuditEvent.objects.filter(action="qbr.sign_off").count()
        signed_at = QBRSignOff.objects.get().signed_at
    report(
        "W5",
        ok=(votes, trail, next_day) == (1, 1, 302) and set(answers) == {302} and len(answers) == 100,
        posts=len(answers) + 1,
        votes=votes,
        lines_of_the_trail=trail,
    )
    assert signed_at < books.NOW + timedelta(days=1, hours=1)


def test_j18_the_same_review_sent_fifty_times_at_once_is_one_mail_each(review, scratch_agency):
    browser = new_browser(HOST)
    browser.post("/account/login/", {"login": "ana@harbour.example", "password": PASSWORD})
    with tenant_context(scratch_agency):
        form = {"contacts": list(Contact.objects.values_list("pk", flat=True))}

    def send():
        own = new_browser(HOST)
        own.cookies = browser.cookies.copy()
        return own.post(f"/reviews/{review.pk}/send/", form).status_code

    answers = at_once(50, send)

    with tenant_context(scratch_agency):
        mails = sorted(OutboxEmail.objects.filter(is_client_mail=True).values_list("to_email", flat=True))
        sent = AuditEvent.objects.filter(action="qbr.send").count()
        deliveries, stage = QBRDelivery.objects.count(), QBR.objects.get().stage
    pdfs = Job.objects.filter(agency=scratch_agency, kind="reports.render_qbr").count()
    jobs = Job.objects.filter(agency=scratch_agency, kind="mail.send").count()
    report(
        "J18",
        ok=(len(mails), jobs, sent, deliveries, pdfs, stage) == (2, 2, 1, 2, 1, "sent"),
        posts=len(answers),
        mails=mails,
        pdfs=pdfs,
        answers=sorted(set(answers)),
    )
