"""What the agency keeps to itself reaches no page, no PDF and no mail."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pypdfium2
import pytest
import time_machine
from django.apps import apps
from django.db import models

from accounts.models import OutboxEmail
from clients.models import ActionItem, Client, Deliverable, Goal, Message, Request, SurveyResponse
from kpis.models import Alert, ClientHealth
from reports.qbr import selectors
from reports.qbr.delivery.sending import send_qbr
from reports.qbr.document import from_json
from reports.qbr.printing.html import to_html
from reports.qbr.writing.build import build_document
from tests.factories.accounts import MemberFactory
from tests.factories.clients import (
    ContractLineFactory,
    MessageFactory,
    OpportunityFactory,
    ProposalFactory,
    ReferralFactory,
    SurveyFactory,
    SurveyResponseFactory,
    TouchpointFactory,
)
from tests.reports import books
from tests.reports.qbr.delivery.conftest import open_letter

# Each is planted in a field that a review must not read.
PLANTED = "Zyxleak"
OTHER_CLIENT = "Quibblefax"
SECRET_AMOUNT = Decimal("7654321")


def plant(client, member):
    """The word in every internal text of the client, the amount in every internal sum."""
    client.tier, client.segment, client.industry, client.tags = PLANTED, PLANTED, PLANTED, [PLANTED.lower()]
    client.save()
    client.contacts.update(buying_role=PLANTED)
    Request.objects.filter(client=client).update(topic=PLANTED, priority=PLANTED, status=PLANTED)
    Deliverable.objects.filter(client=client).update(
        planned_cost=SECRET_AMOUNT, actual_cost=SECRET_AMOUNT, status=PLANTED
    )
    Goal.objects.filter(client=client).update(status=PLANTED)
    client.lines.update(reason=PLANTED, ended_reason=PLANTED)
    MessageFactory(request=client.requests.first(), body=PLANTED, is_public=False, sent_at=books.NOW)
    Message.objects.filter(request__client=client).update(body=PLANTED)
    SurveyResponse.objects.filter(client=client).update(comment=PLANTED)
    plant_judgements(client)
    TouchpointFactory(
        client=client, channel=PLANTED, summary=PLANTED, occurred_at=datetime(2026, 8, 1, tzinfo=UTC)
    )
    OpportunityFactory(client=client, name=PLANTED, stage=PLANTED, monthly_amount=SECRET_AMOUNT)
    ProposalFactory(client=client, title=PLANTED, amount=SECRET_AMOUNT)
    lost = {"status": "lost", "sent_at": books.NOW, "decided_at": books.NOW, "lost_reason": PLANTED}
    ProposalFactory(client=client, title=PLANTED, amount=SECRET_AMOUNT, **lost)
    ReferralFactory(client=client, lead_name=PLANTED, made_on=date(2026, 8, 1))
    pulse = SurveyFactory(kind="pulse", scale_min=1, scale_max=10)
    SurveyResponseFactory(
        survey=pulse,
        client=client,
        member=member,
        score=2,
        comment=PLANTED,
        answered_at=datetime(2026, 8, 1, tzinfo=UTC),
    )


def plant_judgements(client):
    """What the agency thinks of the client: a score with its flags, and an alert."""
    ClientHealth.objects.create(
        client=client,
        day=books.TODAY,
        score=Decimal("17.654321"),
        confidence=1,
        components={PLANTED: {"facts": PLANTED}},
        risk_level="high",
        risk_flags=[{"key": PLANTED, "on": "2026-09-01", "facts": PLANTED}],
        mrr=SECRET_AMOUNT,
        computed_at=books.NOW,
    )
    words = dict.fromkeys(("title", "detail", "cause_key"), PLANTED)
    rows = {"row": {PLANTED: PLANTED}, "action": {PLANTED: PLANTED}}
    rule = Alert._meta.get_field("rule").choices[0][0]
    Alert.objects.create(
        client=client, rule=rule, tone="bad", measure=1, raised_at=books.NOW, **words, **rows
    )


def plant_elsewhere(member):
    """Another client whose rows lie in the same period."""
    other = books.make_client(name=OTHER_CLIENT, is_first=False)
    ContractLineFactory(client=other, amount=SECRET_AMOUNT, starts_on=date(2026, 1, 1))
    ActionItem.objects.filter(client=other).update(title=OTHER_CLIENT, owner=None)
    Deliverable.objects.filter(client=other).update(title=OTHER_CLIENT)
    Request.objects.filter(client=other).update(subject=OTHER_CLIENT)


@pytest.fixture(scope="module")
def forbidden():
    words = (
        PLANTED,
        OTHER_CLIENT,
        "7654321",
        "7,654,321",
        "7.65M",
        "17.65",
        "Secret remark",
        "Not to be repeated",
    )
    return (*words, "health", "churn", "margin", "workload", "confidence", "internal", "at risk", "upsell")


@pytest.fixture
def ready(agency):
    books.make_settings()
    member = MemberFactory(name="Ana Okafor")
    client = books.make_client()
    plant(client, member)
    plant_elsewhere(member)
    return books.make_ready(client, member)


# What a review may tell a client of what people wrote about them, and codes that say nothing.
TOLD = {
    "Client": {"name", "time_zone", "currency"},
    "Contact": {"name", "email", "job_title"},
    "ContractLine": {"currency"},
    "Invoice": {"currency"},
    "Deliverable": {"title", "project"},
    "Testimonial": {"text"},
    "Goal": {"title", "metric", "status_note"},
    "ActionItem": {"title"},
    "Request": {"subject"},
    "Opportunity": {"currency"},
    "Proposal": {"currency"},
    # Empty on an alert about a client.
    "Alert": {"by", "slice_key"},
}
# The trail of changes: names of tables and numbers of rows.
CODES = {"Change"}
WRITTEN = (models.CharField, models.TextField, models.JSONField)


def written_fields():
    """Every field of a client's rows that holds words, with the way from its model to the client."""
    for model in (*apps.get_app_config("clients").get_models(), ClientHealth, Alert):
        way = way_to_client(model)
        for field in model._meta.get_fields():
            is_code = getattr(field, "choices", None) or field.name == "book_id" or model.__name__ in CODES
            if way and isinstance(field, WRITTEN) and not is_code:
                yield model, way, field.name


def way_to_client(model):
    if model is Client:
        return "pk"
    ways = {"client": "client", "request": "request__client", "line": "line__client"}
    names = {field.name for field in model._meta.get_fields() if field.many_to_one}
    return next((way for name, way in ways.items() if name in names), "")


def test_every_word_that_is_not_for_clients_is_planted(ready):
    """A new field is either planted here or named as one that clients may read."""
    open_fields = [
        f"{model.__name__}.{name}"
        for model, way, name in written_fields()
        if name not in TOLD.get(model.__name__, ())
        and not model.objects.filter(**{way: ready.client_id, f"{name}__icontains": PLANTED}).exists()
    ]

    assert open_fields == []


def found(words, text):
    return [word for word in words if word.lower() in text.lower()]


def test_nothing_internal_is_in_the_snapshot_or_the_page(ready, forbidden):
    snapshot = selectors.get_snapshot(qbr=ready)

    assert found(forbidden, str(snapshot)) == []
    assert found(forbidden, to_html(from_json(snapshot), has_logo=False)) == []


def test_nothing_internal_is_in_a_german_document(ready, forbidden):
    settings = books.make_settings()
    known = {"period": books.PERIOD, "as_of": books.TODAY, "now": books.NOW, "settings": settings}

    document = build_document(client=ready.client, language="de", paper="letter", **known)

    page = to_html(document, has_logo=False)
    assert found(forbidden, page) == []
    assert found(["Northwind Ltd", "Landing page", "Quartalsbericht"], page) == [
        "Northwind Ltd",
        "Landing page",
        "Quartalsbericht",
    ]


def test_nothing_internal_is_in_the_pdf(ready, forbidden):
    document = pypdfium2.PdfDocument(selectors.get_pdf(qbr=ready))
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    names = " ".join(document.get_metadata_dict().values())

    assert found(forbidden, text) == []
    assert found(forbidden, names) == []
    assert found(["Northwind Ltd", "Landing page", "weekly note"], text) == [
        "Northwind Ltd",
        "Landing page",
        "weekly note",
    ]


def test_nothing_internal_is_in_the_mail(ready, forbidden):
    send_qbr(qbr=ready, by=None, today=books.TODAY, now=books.NOW)

    mails = OutboxEmail.objects.order_by("to_email")
    assert [mail.to_email for mail in mails] == ["julia@northwind.example", "lukasz@northwind.example"]
    assert [found(forbidden, f"{mail.subject} {mail.text} {mail.html}") for mail in mails] == [[], []]


def test_nothing_internal_is_in_the_web_version(browser, ready, forbidden):
    send_qbr(qbr=ready, by=None, today=books.TODAY, now=books.NOW)
    letter = open_letter(OutboxEmail.objects.order_by("to_email")[0])

    with time_machine.travel(books.NOW):
        page = browser.get(letter.review).text

    assert found(forbidden, page) == []
    assert found(["Northwind Ltd", "Landing page", "weekly note"], page) == [
        "Northwind Ltd",
        "Landing page",
        "weekly note",
    ]
