"""The pages of reviews: who may see which, what they show while and after a review is made."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutboxEmail
from reports.models import QBR
from reports.qbr import services
from reports.qbr.forms import list_periods
from tests.factories.accounts import MemberFactory, OwnerFactory, ViewerFactory
from tests.factories.clients import AssignmentFactory, ClientFactory, ContactFactory
from tests.queries import queries_of
from tests.reports import books

PERIOD = "2026-07-01..2026-10-01"


@pytest.fixture
def client(agency):
    books.make_settings()
    client = ClientFactory(name="Northwind Ltd")
    ContactFactory(client=client, name="Julia Ramos", email="julia@northwind.example")
    return client


@pytest.fixture
def manager(agency):
    return MemberFactory(name="Ana Okafor")


@pytest.fixture
def queued(client, manager):
    return books.make_approved(client, manager)


@pytest.fixture
def ready(queued):
    return services.render_qbr(qbr_id=queued.pk, now=books.NOW)


def quarter():
    """The value of the first period that the form offers."""
    return list_periods(today=timezone.localdate(), fiscal_year_start_month=1)[0][0]


def url(name, *args):
    return reverse(f"reports:{name}", args=args)


@pytest.mark.parametrize("name", ["qbr-detail", "qbr-download", "qbr-send"])
def test_a_review_is_for_members_only(browser, queued, name):
    address = url(name, queued.pk)

    response = browser.get(address)

    assert (response.status_code, response.url) == (302, f"/account/login/?next={address}")


@pytest.mark.parametrize("name", ["qbr-detail", "qbr-download", "qbr-send"])
def test_a_review_of_somebody_elses_client_does_not_exist(sign_in, ready, manager, name):
    books.make_settings(is_portfolio_private=True)

    response = sign_in(manager).get(url(name, ready.pk))

    assert response.status_code == 404


def test_in_a_private_portfolio_a_manager_sees_and_prepares_only_their_own(sign_in, ready, client, manager):
    books.make_settings(is_portfolio_private=True)
    own = ClientFactory(name="Own client")
    AssignmentFactory(client=own, member=manager, starts_on=date(2025, 1, 1))
    books.make_draft(own, manager)
    browser = sign_in(manager)

    listed = browser.get(url("qbr-list"))
    refused = browser.post(url("qbr-create", client.pk), {"period": PERIOD})

    assert [qbr.client.name for qbr in listed.context["page"]] == ["Own client"]
    assert refused.status_code == 404


@pytest.mark.parametrize("name", ["qbr-create", "qbr-send"])
def test_a_viewer_prepares_and_sends_nothing(sign_in, ready, client, name):
    number = client.pk if name == "qbr-create" else ready.pk
    browser = sign_in(ViewerFactory())

    answers = [browser.get(url(name, number)).status_code, browser.post(url(name, number)).status_code]

    assert answers == [403, 403]
    assert (QBR.objects.count(), OutboxEmail.objects.count()) == (1, 0)


def test_a_viewer_reads_a_review_without_the_buttons(sign_in, ready):
    response = sign_in(ViewerFactory()).get(url("qbr-detail", ready.pk))

    assert response.status_code == 200
    assert "Send to the client" not in response.text
    assert "Download PDF" in response.text


def test_the_choice_offers_the_last_closed_quarter_first(sign_in, client, manager):
    response = sign_in(manager).get(url("qbr-create", client.pk))

    field = response.context["form"].fields["period"]
    start, end = (date.fromisoformat(part) for part in field.initial.split(".."))
    assert timezone.localdate() - timedelta(days=92) <= end <= timezone.localdate()
    assert QBR.objects.count() == 0
    assert (end - start).days in range(89, 93)


def test_preparing_leads_to_the_reviews_page(sign_in, client, manager):
    response = sign_in(manager).post(url("qbr-create", client.pk), {"period": quarter(), "other": PERIOD})

    qbr = QBR.objects.get()
    assert (response.status_code, response.url) == (302, url("qbr-detail", qbr.pk))
    assert (qbr.client, qbr.requested_by, qbr.period) == (client, manager, books.PERIOD)


def test_preparing_from_the_dialog_leads_there_too(sign_in, client, manager):
    response = sign_in(manager).post(
        url("qbr-create", client.pk), {"period": quarter(), "other": PERIOD}, headers={"hx-request": "true"}
    )

    assert (response.status_code, response.headers["HX-Redirect"]) == (
        204,
        url("qbr-detail", QBR.objects.get().pk),
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"other": "the best of times"}, "is not a period"),
        ({"other": "2999Q1"}, "has not begun yet"),
        ({"other": "0001"}, "is out of reach"),
        ({"period": "2026-13"}, "Select a valid choice"),
        ({"period": ""}, "This field is required"),
    ],
)
def test_a_wrong_period_is_named_and_nothing_is_made(sign_in, client, manager, data, words):
    response = sign_in(manager).post(url("qbr-create", client.pk), {"period": quarter()} | data)

    assert response.status_code == 422
    assert words in response.text
    assert QBR.objects.count() == 0


def test_a_review_on_its_way_asks_again_by_itself(sign_in, queued, manager):
    browser = sign_in(manager)

    page = browser.get(url("qbr-detail", queued.pk)).text
    part = browser.get(url("qbr-detail", queued.pk), headers={"hx-request": "true"}).text

    assert 'hx-trigger="load delay:1s"' in page
    assert part.lstrip().startswith('<div id="qbr-status"')
    assert "Download PDF" not in page


def test_a_ready_review_is_summed_up_and_asks_no_more(sign_in, ready, manager):
    page = sign_in(manager).get(url("qbr-detail", ready.pk)).text

    assert 'hx-trigger="load delay:1s"' not in page
    assert "July to September 2026" in page
    assert "julia@northwind.example" in page


def test_a_failed_review_says_why(sign_in, queued, manager):
    QBR.objects.filter(pk=queued.pk).update(
        status="failed", error="The PDF could not be made. It has 99 pages."
    )

    page = sign_in(manager).get(url("qbr-detail", queued.pk)).text

    assert "It has 99 pages." in page
    assert "Download PDF" not in page


def test_the_pdf_downloads_under_a_plain_name(sign_in, ready, manager):
    response = sign_in(manager).get(url("qbr-download", ready.pk))

    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="northwind-ltd-review-q3-2026.pdf"'
    )
    assert response.content[:5] == b"%PDF-"


def test_there_is_nothing_to_download_before_it_is_ready(sign_in, queued, manager):
    assert sign_in(manager).get(url("qbr-download", queued.pk)).status_code == 404


def test_looking_at_the_recipients_sends_nothing(sign_in, ready, manager):
    response = sign_in(manager).get(url("qbr-send", ready.pk))

    assert "Julia Ramos" in response.text
    assert OutboxEmail.objects.count() == 0


def test_sending_mails_the_review_and_says_so(sign_in, ready, manager):
    everybody = {"contacts": [contact.pk for contact in ready.client.contacts.all()]}

    response = sign_in(manager).post(url("qbr-send", ready.pk), everybody, follow=True)

    assert list(OutboxEmail.objects.values_list("to_email", flat=True)) == ["julia@northwind.example"]
    assert "The review is on its way to 1 person." in response.text


def test_sending_too_early_is_refused_in_words(sign_in, queued, manager):
    response = sign_in(manager).post(url("qbr-send", queued.pk))

    assert response.status_code == 422
    assert "The review is not ready, so it cannot be sent." in response.text


def test_the_list_asks_as_many_questions_for_one_review_as_for_thirty(sign_in, queued, manager):
    browser = sign_in(OwnerFactory())
    few = len(queries_of(lambda: browser.get(url("qbr-list"))))
    for _ in range(29):
        books.make_draft(ClientFactory(), manager)

    many = len(queries_of(lambda: browser.get(url("qbr-list"))))

    assert many == few


def test_an_empty_list_says_where_to_begin(sign_in, agency, manager):
    assert "No reviews yet" in sign_in(manager).get(url("qbr-list")).text
