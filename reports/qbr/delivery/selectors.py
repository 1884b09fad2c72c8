"""Who gets a review, what became of each mail, and what the readers answered."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from accounts.mail_state import MailState, state_of
from accounts.models import OutboxEmail
from accounts.selectors import list_bounced_addresses
from clients.book.models import Contact
from reports.qbr import mail
from reports.qbr import selectors as qbr_selectors
from reports.qbr.delivery.models import (
    QBRAgreement,
    QBRComment,
    QBRDelivery,
    QBRLink,
    QBROptOut,
    QBRSignOff,
)
from reports.qbr.models import QBR


@dataclass(frozen=True)
class Recipient:
    """A contact in the send dialog. `why_not` says in words why they cannot be chosen; `warning` is a doubt."""

    contact: Contact
    why_not: str = ""
    warning: str = ""
    has_unsubscribed: bool = False

    @property
    def may_be_chosen(self) -> bool:
        return not self.why_not


@dataclass(frozen=True)
class DeliveryRow:
    """One mail of a review: to whom, how it went, whether its link was fetched and is still open."""

    delivery: QBRDelivery
    state: MailState
    first_seen_at: datetime | None
    has_open_link: bool

    @property
    def contact(self) -> Contact:
        return self.delivery.contact

    @property
    def mail(self) -> OutboxEmail:
        return self.delivery.mail


@dataclass(frozen=True)
class Answer:
    """What one contact said."""

    contact: Contact
    agreements: list[QBRAgreement] = field(default_factory=list)
    comments: list[QBRComment] = field(default_factory=list)
    signed_at: datetime | None = None


def list_recipients(*, qbr: QBR, today: date) -> list[Recipient]:
    """The client's contacts with an address, by name, and who of them cannot or should not get this version."""
    contacts = qbr_selectors.list_recipients(client=qbr.client, today=today)
    out = dict(QBROptOut.objects.filter(contact__in=contacts).values_list("contact_id", "at"))
    had = set(qbr_selectors.list_mail(qbr=qbr, key_prefix=mail.key_prefix(qbr)).values_list("key", flat=True))
    bounced = list_bounced_addresses([contact.email for contact in contacts])
    recipients = []
    for contact in contacts:
        why_not = warning = ""
        if contact.pk in out:
            why_not = "has unsubscribed from reviews"
        elif mail.key_of(qbr, contact.email) in had:
            why_not = "has this version already"
        elif contact.email.lower() in bounced:
            warning = "the last mail to this address bounced"
        recipients.append(Recipient(contact, why_not, warning, contact.pk in out))
    return recipients


def find_reader(*, qbr: QBR, contact_id: int) -> Contact | None:
    """A contact to whom this version was mailed."""
    delivery = QBRDelivery.objects.filter(qbr=qbr, contact_id=contact_id).select_related("contact").first()
    return delivery.contact if delivery else None


def find_delivery(*, qbr: QBR, mail_id: int) -> QBRDelivery | None:
    """A mail of this version."""
    deliveries = QBRDelivery.objects.filter(qbr=qbr, mail_id=mail_id)
    return deliveries.select_related("mail", "contact__qbr_opt_out", "qbr").first()


def list_deliveries(*, qbr: QBR, now: datetime) -> list[DeliveryRow]:
    """Every mail of this version, by contact; four queries."""
    deliveries = QBRDelivery.objects.filter(qbr=qbr).select_related("contact", "mail")
    deliveries = deliveries.defer("mail__text", "mail__html", "mail__attachments", "mail__sealed")
    links: dict[int, list[QBRLink]] = defaultdict(list)
    for link in QBRLink.objects.filter(qbr=qbr, purpose="review").select_related("sighting").order_by("pk"):
        links[link.contact_id].append(link)
    rows = deliveries.prefetch_related("mail__events").order_by("contact__name", "pk")
    return [_row(delivery, links[delivery.contact_id], now) for delivery in rows]


def _row(delivery: QBRDelivery, links: list[QBRLink], now: datetime) -> DeliveryRow:
    seen = [link.sighting.first_seen_at for link in links if hasattr(link, "sighting")]
    return DeliveryRow(
        delivery=delivery,
        state=state_of(delivery.mail, delivery.mail.events.all()),
        first_seen_at=min(seen, default=None),
        has_open_link=any(link.revoked_at is None and link.expires_at > now for link in links),
    )


def list_answers(*, qbr: QBR) -> list[Answer]:
    """What each contact said to this version, by name; three queries."""
    answers: dict[int, Answer] = {}

    def of(row: QBRAgreement | QBRComment | QBRSignOff) -> Answer:
        return answers.setdefault(row.contact_id, Answer(row.contact))

    for agreement in QBRAgreement.objects.filter(qbr=qbr).select_related("contact").order_by("position"):
        of(agreement).agreements.append(agreement)
    for comment in QBRComment.objects.filter(qbr=qbr).select_related("contact").order_by("written_at", "pk"):
        of(comment).comments.append(comment)
    for signed in QBRSignOff.objects.filter(qbr=qbr).select_related("contact"):
        before = of(signed)
        answers[signed.contact_id] = Answer(
            before.contact, before.agreements, before.comments, signed.signed_at
        )
    return sorted(answers.values(), key=lambda answer: (answer.contact.name, answer.contact.pk))


def get_answer(*, link: QBRLink) -> Answer:
    """What the contact of this link has said so far."""
    own = [answer for answer in list_answers(qbr=link.qbr) if answer.contact.pk == link.contact_id]
    return own[0] if own else Answer(link.contact)
