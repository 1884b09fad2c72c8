"""Who gets a review, what the mail says, and what becomes of it."""

import re
from datetime import timedelta

import pytest

from accounts.models import AuditEvent, MailEvent, OutboxEmail
from accounts.services.mail import CannotSendAgain, CannotTryAgain
from accounts.services.mail_events import Report, note_report
from agencyam.jobs import outbox
from clients.models import Contact
from reports.models import QBR, QBRDelivery, QBRLink, QBRLinkSighting, QBRSignOff
from reports.qbr.delivery import opt_outs, selectors
from reports.qbr.delivery.sending import CannotSendQBR, send_again, send_qbr, try_again
from reports.qbr.stages import meetings
from reports.qbr.stages import services as stages
from tests.factories.accounts import LeaderFactory, ViewerFactory
from tests.factories.clients import ClientFactory, ContactFactory
from tests.reports import books
from tests.reports.qbr.delivery.conftest import open_letter


def send(qbr, by=None, **options):
    return send_qbr(qbr=qbr, by=by, today=books.TODAY, now=books.NOW, **options)


def addresses():
    return sorted(OutboxEmail.objects.values_list("to_email", flat=True))


def contact_of(name):
    return Contact.objects.get(name__startswith=name)


def report_of(mail, kind, at=books.NOW, **more):
    fields = {"provider": "mailgun", "event_id": f"{kind}{at}", "message_id": mail.message_id, "note": ""}
    return Report(**{**fields, "kind": kind, "at": at, **more})


def only_row(qbr):
    (row,) = selectors.list_deliveries(qbr=qbr, now=books.NOW)
    return row


def test_sending_makes_the_review_sent_and_locked(plain_printed, member):
    send(plain_printed, member)

    qbr = QBR.objects.get()
    assert (qbr.stage, qbr.sent_at, qbr.locked_at) == ("sent", books.NOW, books.NOW)
    assert addresses() == ["julia@northwind.example", "lukasz@northwind.example"]
    assert QBRDelivery.objects.count() == 2


def test_only_an_approved_review_is_sent(member):
    client = ClientFactory(name="Northwind Ltd", book_id="c1")
    ContactFactory(client=client, email="julia@northwind.example")
    draft = books.make_draft(client, member)

    with pytest.raises(CannotSendQBR, match="not approved"):
        send(draft)
    stages.submit_for_review(qbr=draft, by=member, now=books.NOW)
    with pytest.raises(CannotSendQBR, match="not approved"):
        send(draft)

    assert OutboxEmail.objects.count() == 0


def test_the_mail_is_personal_and_short(letter):
    assert letter.text.startswith("Hello Júlia Ramos,\n")
    assert letter.text.count("\n- ") <= 7
    assert letter.mail.attachments[0]["name"] == "northwind-ltd-review-q3-2026.pdf"
    assert letter.review in letter.html
    assert letter.unsubscribe in letter.html


def test_each_reader_has_links_of_their_own(letters):
    tokens = {letter.token for letter in letters.values()} | {
        letter.unsubscribe for letter in letters.values()
    }

    assert len(tokens) == 4
    assert QBRLink.objects.count() == 4
    assert not any(token in str(list(QBRLink.objects.values())) for token in tokens)
    assert not any(token in str(list(OutboxEmail.objects.values())) for token in tokens)


def test_a_message_of_ones_own_is_plain_text(plain_printed, member):
    send(plain_printed, member, message="Dear all,\n<script>x</script> {{ name }}\nsee you on Monday.")

    letter = open_letter(OutboxEmail.objects.order_by("to_email")[0])
    assert "<script>" not in letter.html
    assert "&lt;script&gt;x&lt;/script&gt; {{ name }}" in letter.html
    assert "<script>x</script> {{ name }}" in letter.text


def test_the_chosen_get_it_and_the_others_can_get_it_later(plain_printed, member):
    julia = contact_of("Julia")

    send(plain_printed, member, contact_ids=[julia.pk])
    first = addresses()
    send(plain_printed, member)

    assert first == ["julia@northwind.example"]
    assert addresses() == ["julia@northwind.example", "lukasz@northwind.example"]


def test_who_has_unsubscribed_is_left_out_and_said_so(plain_printed, member):
    opt_outs.opt_out(contact=contact_of("Julia"), now=books.NOW)

    send(plain_printed, member)

    rows = selectors.list_recipients(qbr=plain_printed, today=books.TODAY)
    assert addresses() == ["lukasz@northwind.example"]
    assert [row.why_not for row in rows] == ["has unsubscribed from reviews", "has this version already"]


def test_nobody_left_to_send_to_is_said(plain_printed, member):
    for contact in Contact.objects.all():
        opt_outs.opt_out(contact=contact, now=books.NOW)

    with pytest.raises(CannotSendQBR, match="has unsubscribed"):
        send(plain_printed, member)


def test_a_changed_address_gets_a_new_mail_and_the_old_link_closes(plain_printed, member):
    julia = contact_of("Julia")
    send(plain_printed, member, contact_ids=[julia.pk])
    julia.email = "julia.ramos@northwind.example"
    julia.save()

    send(plain_printed, member, contact_ids=[julia.pk])

    mails = OutboxEmail.objects.order_by("pk")
    open_links = QBRLink.objects.open_at(books.NOW).filter(purpose="review")
    assert [mail.to_email for mail in mails] == ["julia@northwind.example", "julia.ramos@northwind.example"]
    assert mails[0].message_id != mails[1].message_id
    assert (QBRLink.objects.filter(purpose="review").count(), open_links.count()) == (2, 1)


@pytest.mark.parametrize(
    ("changes", "key", "word"),
    [
        ({}, "queued", "Queued"),
        ({"state": "sending"}, "queued", "Queued"),
        ({"state": "sent", "sent_at": books.NOW}, "sent", "Sent"),
        ({"state": "unknown"}, "unknown", "Unknown"),
        ({"state": "failed", "smtp_code": 550, "error": "550 No such mailbox"}, "bounced", "Bounced"),
        ({"state": "failed", "error": "Mail server unreachable"}, "failed", "Not sent"),
    ],
)
def test_the_state_of_a_mail_is_one_word(plain_printed, member, changes, key, word):
    send(plain_printed, member, contact_ids=[contact_of("Julia").pk])
    OutboxEmail.objects.update(**changes)

    state = only_row(plain_printed).state

    assert (state.key, state.word) == (key, word)


def test_what_a_provider_reports_wins_over_what_we_know(plain_printed, member):
    (mail,) = send(plain_printed, member, contact_ids=[contact_of("Julia").pk])
    later = books.NOW + timedelta(minutes=5)

    states = []
    for kind in ("delivered", "bounced", "complained"):
        note_report(report_of(mail, kind, at=later, note=f"It {kind}."))
        states.append((only_row(plain_printed).state.key, only_row(plain_printed).state.at))

    assert states == [("delivered", later), ("bounced", later), ("complained", later)]
    assert only_row(plain_printed).state.detail == "It complained."


def test_a_report_is_kept_once_and_one_about_nothing_not_at_all(plain_printed, member):
    (mail,) = send(plain_printed, member, contact_ids=[contact_of("Julia").pk])
    report = report_of(mail, "delivered")

    kept = [note_report(report) is not None for _ in range(2)]
    unknown = note_report(report_of(mail, "delivered", message_id="<nobody@example.com>"))
    opened = note_report(report_of(mail, "opened"))

    assert (kept, unknown, opened) == ([True, False], None, None)
    assert MailEvent.objects.count() == 1


def test_a_bounced_address_is_a_warning_for_the_next_review(plain_printed, member):
    (mail,) = send(plain_printed, member, contact_ids=[contact_of("Julia").pk])
    note_report(report_of(mail, "bounced"))
    OutboxEmail.objects.update(key="of an earlier review")

    rows = selectors.list_recipients(qbr=plain_printed, today=books.TODAY)

    assert [row.warning for row in rows] == ["the last mail to this address bounced", ""]


def test_the_dialog_shows_who_what_and_that_no_health_score_goes_out(sign_in, plain_printed, member):
    opt_outs.opt_out(contact=contact_of("Julia"), now=books.NOW)

    page = sign_in(member).get(f"/reviews/{plain_printed.pk}/send/").text

    assert "The client sees no health score" in page
    assert "has unsubscribed from reviews" in page
    assert OutboxEmail.objects.count() == 0


def test_the_preview_shows_the_mail_and_sends_nothing(sign_in, plain_printed, member):
    form = {"contacts": [contact_of("Julia").pk], "message": "See you on Monday.", "preview": "1"}

    page = sign_in(member).post(f"/reviews/{plain_printed.pk}/send/", form)

    assert page.status_code == 200
    assert "Hello Julia Ramos," in page.text
    assert "See you on Monday." in page.text
    assert OutboxEmail.objects.count() == 0


def test_nobody_chosen_is_named(sign_in, plain_printed, member):
    page = sign_in(member).post(f"/reviews/{plain_printed.pk}/send/", {"message": "Hello"})

    assert page.status_code == 422
    assert "Choose at least one recipient." in page.text


def test_the_reviews_page_shows_deliveries_answers_and_soft_evidence(sign_in, plain_printed, member):
    (mail,) = send(plain_printed, member, contact_ids=[contact_of("Julia").pk])
    note_report(report_of(mail, "delivered"))
    link = QBRLink.objects.get(purpose="review")
    QBRLinkSighting.objects.create(link=link, first_seen_at=books.NOW, last_seen_at=books.NOW)
    QBRSignOff.objects.create(qbr=plain_printed, contact=link.contact, signed_at=books.NOW)

    page = sign_in(member).get(f"/reviews/{plain_printed.pk}/").text

    assert "Delivered" in page
    assert "mail scanners do that too" in page
    assert "Signed off" in page


@pytest.mark.parametrize(
    ("state", "verb", "words", "action"),
    [
        ("unknown", "resend", "Send again", "qbr.send_again"),
        ("failed", "retry", "Try again", "qbr.try_again"),
    ],
)
def test_who_sends_reviews_decides_about_a_mail_that_did_not_surely_arrive(
    sign_in, plain_printed, member, state, verb, words, action
):
    mails = {mail.to_email: mail for mail in send(plain_printed, member)}
    mail = mails["julia@northwind.example"]
    OutboxEmail.objects.filter(pk=mail.pk).update(state=state)
    page = f"/reviews/{plain_printed.pk}/"

    refused = sign_in(ViewerFactory()).post(f"{page}mails/{mail.pk}/{verb}/")
    browser = sign_in(member)
    offered = re.findall(r"(Send again|Try again)<span", browser.get(page).text)
    question = browser.get(f"{page}mails/{mail.pk}/{verb}/").text
    answer = browser.post(f"{page}mails/{mail.pk}/{verb}/", follow=True)

    mail.refresh_from_db()
    assert refused.status_code == 403
    assert (offered, "Julia Ramos gets" in question) == ([words], True)
    assert mail.state == "queued"
    assert re.findall(r"(Send again|Try again)<span", answer.text) == []
    assert AuditEvent.objects.get(action=action).actor == member


@pytest.mark.parametrize("verb", ["resend", "retry"])
def test_a_mail_that_is_out_or_of_another_review_does_not_go_again(sign_in, plain_printed, member, verb):
    mail = send(plain_printed, member)[0]
    other = outbox.post(key="k", to="a@b.example", subject="x", text="x", is_client_mail=True)
    OutboxEmail.objects.filter(pk=mail.pk).update(state="sent", sent_at=books.NOW)
    OutboxEmail.objects.filter(pk=other.pk).update(state="unknown")
    page, browser = f"/reviews/{plain_printed.pk}/", sign_in(member)

    said = browser.post(f"{page}mails/{mail.pk}/{verb}/", follow=True).text
    strange = browser.post(f"{page}mails/{other.pk}/{verb}/")

    assert "Only a mail " in said
    assert strange.status_code == 404
    assert sorted(OutboxEmail.objects.filter(pk__in=[mail.pk, other.pk]).values_list("state", flat=True)) == [
        "sent",
        "unknown",
    ]


@pytest.mark.parametrize(
    ("state", "act", "refusal"),
    [("unknown", send_again, CannotSendAgain), ("failed", try_again, CannotTryAgain)],
)
def test_who_unsubscribed_or_has_a_corrected_version_gets_the_old_one_no_more(
    plain_printed, member, state, act, refusal
):
    mails = send(plain_printed, member)
    OutboxEmail.objects.update(state=state)
    julia, lukasz = (selectors.find_delivery(qbr=plain_printed, mail_id=mail.pk) for mail in mails)
    opt_outs.opt_out(contact=julia.contact, now=books.NOW)

    with pytest.raises(refusal, match="Julia Ramos has unsubscribed"):
        act(delivery=julia, by=member)
    meetings.correct(qbr=plain_printed, what="A fee.", by=member, today=books.TODAY)
    with pytest.raises(refusal, match="This version was corrected"):
        act(delivery=lukasz, by=member)

    assert set(OutboxEmail.objects.values_list("state", flat=True)) == {state}


def test_who_unsubscribed_gets_no_second_copy_from_the_page_of_all_mail_either(
    sign_in, plain_printed, member
):
    (mail,) = send(plain_printed, member, contact_ids=[contact_of("Julia").pk])
    OutboxEmail.objects.update(state="unknown")
    opt_outs.opt_out(contact=contact_of("Julia"), now=books.NOW)

    answer = sign_in(LeaderFactory()).post(f"/mail/{mail.pk}/resend/", follow=True)

    mail.refresh_from_db()
    assert ("Julia Ramos has unsubscribed from reviews." in answer.text, mail.state) == (True, "unknown")


def test_a_link_is_closed_by_hand(sign_in, plain_printed, member):
    julia = contact_of("Julia")
    send(plain_printed, member)
    address = f"/reviews/{plain_printed.pk}/links/{julia.pk}/revoke/"

    answers = [sign_in(who).post(address).status_code for who in (ViewerFactory(), LeaderFactory())]

    assert answers == [403, 302]
    assert QBRLink.objects.filter(revoked_at__isnull=False).get().contact == julia
