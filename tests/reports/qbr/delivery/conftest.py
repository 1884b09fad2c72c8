import re
from dataclasses import dataclass

import pytest

from accounts.models import OutboxEmail
from agencyam.jobs.outbox import readable
from reports.qbr.delivery.sending import send_qbr
from tests.factories.accounts import MemberFactory
from tests.factories.clients import ClientFactory, ContactFactory
from tests.reports import books


@dataclass(frozen=True)
class Letter:
    """A mail as its reader gets it, and the addresses in it without the host."""

    mail: OutboxEmail
    text: str
    html: str
    headers: dict
    review: str
    unsubscribe: str

    @property
    def token(self) -> str:
        return self.review.split("/")[2]


def open_letter(mail: OutboxEmail) -> Letter:
    parts = readable(mail)
    review, unsubscribe = (re.search(rf"/{name}/[\w-]+/", parts["text"])[0] for name in "ru")
    return Letter(mail=mail, **parts, review=review, unsubscribe=unsubscribe)


@pytest.fixture
def member(agency):
    books.make_settings()
    return MemberFactory(name="Ana Okafor", email="ana@harbour.example")


@pytest.fixture
def client(member):
    return books.make_client()


@pytest.fixture
def printed(client, member):
    return books.make_printed(client, member)


@pytest.fixture
def plain_printed(member):
    """A review of a client with two readers and nothing else, which is quicker to make."""
    client = ClientFactory(name="Northwind Ltd", book_id="c1")
    ContactFactory(client=client, name="Julia Ramos", email="julia@northwind.example")
    ContactFactory(client=client, name="Łukasz Lindqvist", email="lukasz@northwind.example")
    return books.make_printed(client, member)


@pytest.fixture
def letters(printed, member):
    """The mails of a sent review, by the address of their reader."""
    send_qbr(qbr=printed, by=member, today=books.TODAY, now=books.NOW)
    return {mail.to_email: open_letter(mail) for mail in OutboxEmail.objects.all()}


@pytest.fixture
def letter(letters):
    return letters["julia@northwind.example"]
