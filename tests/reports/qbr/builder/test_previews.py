"""The draft as pages to look at: only the latest are kept, and nothing of it goes out."""

import io

import pypdfium2
import pytest
from django.urls import reverse

from accounts.models import OutboxEmail
from agencyam.jobs.models import Job
from reports.models import QBR, QBRPreview
from reports.qbr.builder import proofs, services
from reports.qbr.stages import services as stages
from reports.qbr.stages.services import CannotChangeQBR
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
    return make_draft(ClientFactory(name="Northwind Ltd"))


def url(name, qbr):
    return reverse(f"reports:{name}", args=[qbr.pk])


def test_the_pages_hold_what_the_draft_says_now(sign_in, draft, anna):
    services.write_section(qbr=draft, key="goals", text="Żółć, said Anna", revision=0, by=anna, now=books.NOW)
    services.add_image(qbr=draft, key="goals", content=png(), caption="The shop", by=anna, now=books.NOW)
    browser = sign_in(anna)

    asked = browser.post(url("preview-print", draft))
    waiting = browser.get(url("preview-print", draft)).content.decode()
    preview = QBRPreview.objects.get()
    proofs.render_preview(preview_id=preview.pk, attempt=1, now=books.NOW)
    done = browser.get(url("preview-print", draft)).content.decode()
    pages = browser.get(url("preview-pdf", draft))

    assert (asked.status_code, asked.url) == (302, url("preview-print", draft))
    assert "load delay:1s" in waiting
    assert "Open the pages" in done
    document = pypdfium2.PdfDocument(io.BytesIO(pages.content))
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    assert "Żółć, said Anna" in text
    assert "The shop" in text
    assert OutboxEmail.objects.count() == 0
    assert QBR.objects.get(pk=draft.pk).status == QBR.Status.QUEUED


def test_an_older_job_stores_nothing_over_a_newer_one(draft, anna):
    proofs.ask_for_preview(qbr=draft, by=anna, now=books.NOW)
    preview = proofs.ask_for_preview(qbr=draft, by=anna, now=books.NOW)

    proofs.render_preview(preview_id=preview.pk, attempt=1, now=books.NOW)

    assert not QBRPreview.objects.get().is_over
    assert Job.objects.filter(kind=proofs.JOB_KIND).count() == 2


def test_an_approved_review_has_pages_of_its_own(draft, anna):
    stages.submit_for_review(qbr=draft, by=anna, now=books.NOW)
    stages.approve(qbr=draft, by=OwnerFactory(), now=books.NOW)

    with pytest.raises(CannotChangeQBR):
        proofs.ask_for_preview(qbr=draft, by=anna, now=books.NOW)
