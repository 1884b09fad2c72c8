"""A quarter's reviews: made for a whole portfolio, written, approved, mailed, and signed off by the client."""

import re
import time
from email.message import Message

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import OutboxEmail, User
from agencyam.periods import quarter_of
from clients.book.models import Assignment, Client, Contact
from reports.models import QBR
from tests.journeys.conftest import PASSWORD

WORDS = "The autumn sale moved what you see here."


@pytest.fixture
def portfolio(in_agency):
    """Two clients of an account manager of their own; the first one has a single reader. Returns its name."""

    def prepare():
        for role, name in (("account_manager", "manager"), ("leader", "approver")):
            options = {"name": f"Journey {name.title()}", "role": role, "password": PASSWORD}
            call_command("create_member", "journey", f"{name}@journey.example", verbosity=0, **options)
        manager, today = User.objects.get(email="manager@journey.example"), timezone.localdate()
        reviewed = QBR.objects.of_period(quarter_of(today, 1).previous()).values("client")
        clients = Client.objects.active_on(today).exclude(pk__in=reviewed).order_by("name")[:2]
        for client in clients:
            Assignment.objects.filter(client=client).delete()
            Assignment.objects.create(client=client, member=manager, role="primary", starts_on=today)
        Contact.objects.filter(client=clients[0]).update(email="")
        Contact.objects.create(client=clients[0], name="Júlia Ramos", email="julia@journey-client.example")
        return clients[0].name

    return in_agency(prepare)


def received(mailbox, address: str) -> Message:
    """The one mail to an address; waits for it."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = [
            mail for mail, to in zip(mailbox.messages, mailbox.recipients, strict=True) if to == [address]
        ]
        if found:
            (message,) = found
            return message
        time.sleep(0.2)
    raise AssertionError(f"No mail came to {address}")


def part(message: Message, kind: str) -> bytes:
    (found,) = [each for each in message.walk() if each.get_content_type() == kind]
    return found.get_payload(decode=True)


def test_from_my_whole_portfolio_to_a_clients_sign_off(enter, visit, site, in_agency, portfolio):
    manager, leader = enter(role="manager"), enter(role="approver")

    # The account manager makes a draft for each of their clients.
    manager.goto(site.url("/reviews/"))
    manager.get_by_role("link", name="Prepare reviews").click()
    expect(manager.get_by_label("My clients")).to_be_checked()
    manager.get_by_role("button", name="Prepare reviews").click()
    manager.wait_for_url(re.compile(r"/reviews/batch/\d+/"))
    expect(manager.get_by_text("2 drafts made.")).to_be_visible(timeout=30_000)
    assert manager.locator("tr[data-row]").count() == 2

    # They open one from the list, write into it, and ask for approval.
    manager.get_by_role("link", name=portfolio).click()
    manager.wait_for_url(re.compile(r"/reviews/\d+/$"))
    review = manager.url
    manager.get_by_role("link", name="Write and arrange").click()
    manager.locator("#section-value .rich-text").click()
    manager.keyboard.type(WORDS)
    expect(manager.locator("#state-value")).to_contain_text("saved this section")
    manager.goto(review)
    manager.get_by_role("button", name="Ask for approval").click()
    expect(manager.get_by_text("It waits for a leader or an owner.")).to_be_visible()
    assert manager.get_by_role("button", name="Approve").count() == 0

    # A leader approves it in the queue.
    leader.goto(site.url("/reviews/queue/"))
    leader.get_by_role("button", name=f"Approve {portfolio}").click()
    expect(leader.get_by_role("button", name=f"Approve {portfolio}")).to_have_count(0)

    # The account manager looks at the mail and sends it.
    manager.goto(review)
    manager.get_by_role("link", name="Send to the client").click(timeout=60_000)
    manager.get_by_role("button", name="Look at the mail").click()
    expect(manager.get_by_text("(a link of their own)").first).to_be_visible()
    manager.get_by_role("button", name="Send", exact=True).click()
    expect(manager.get_by_text("on its way to 1 person").first).to_be_visible()

    # It arrives once, with what a mail program needs.
    mail = received(site.mailbox, "julia@journey-client.example")
    text = part(mail, "text/plain").decode()
    link = re.search(r"http://journey\.localhost:\d+/r/[\w-]{43}/", text)[0]
    leave = re.search(r"http://journey\.localhost:\d+/u/[\w-]{43}/", text)[0]
    row = in_agency(lambda: OutboxEmail.objects.get(to_email="julia@journey-client.example"))
    assert part(mail, "application/pdf").startswith(b"%PDF-1.7")
    assert mail["Message-ID"] == row.message_id
    assert mail["List-Unsubscribe"].strip() == f"<{leave}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Reply-To"] == "manager@journey.example"

    # The client opens the personal link without an account, on a phone, and answers.
    reader = visit(width=390)
    reader.goto(link)
    expect(reader.get_by_text(WORDS)).to_be_visible()
    reader.locator("input[name=steps]").first.check()
    reader.get_by_role("button", name="Agree to the ticked steps").click()
    expect(reader.get_by_text("Noted. Thank you for agreeing.")).to_be_visible()
    reader.get_by_label(re.compile("^Write to")).fill("Fair. Warn us earlier next time.")
    reader.get_by_role("button", name="Send the comment").click()
    expect(reader.get_by_text("Your comment has arrived")).to_be_visible()
    reader.get_by_role("button", name="Sign off as Júlia Ramos").click()
    expect(reader.get_by_text("The review is signed off.")).to_be_visible()

    # The account manager sees all three, on the review and in the client's story.
    manager.goto(review)
    answers = manager.locator("section", has_text="What they answered").last
    for said in ("Signed off", "Agreed to:", "Fair. Warn us earlier next time."):
        expect(answers.get_by_text(said).first).to_be_visible()
    manager.get_by_role("link", name="Client", exact=True).click()
    story = manager.locator("#client-story")
    for said in ("Review signed off", "Next step agreed", "Comment on a review"):
        expect(story.get_by_text(said).first).to_be_visible()
