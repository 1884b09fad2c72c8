"""Making, finding and taking back personal links."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from accounts.models import User
from accounts.services import audit
from clients.book.models import Contact
from reports.qbr.delivery.models import QBRLink, QBRLinkSighting
from reports.qbr.delivery.tokens import hash_of, new_token
from reports.qbr.models import QBR

# A review is talked about for two quarters; mail may be unsubscribed from long after it came.
LIFETIMES = {
    QBRLink.Purpose.REVIEW: timedelta(days=183),
    QBRLink.Purpose.UNSUBSCRIBE: timedelta(days=5 * 365),
}


def make_link(*, qbr: QBR, contact: Contact, purpose: QBRLink.Purpose, now: datetime) -> str:
    """A new link of one contact. Returns its token, which is kept nowhere."""
    token = new_token()
    link = QBRLink(
        token_hash=hash_of(token, purpose=purpose),
        purpose=purpose,
        qbr=qbr,
        contact=contact,
        created_at=now,
        expires_at=now + LIFETIMES[purpose],
    )
    link.save(force_insert=True)
    return token


def find_link(*, token: str, purpose: QBRLink.Purpose, now: datetime, today: date) -> QBRLink | None:
    """The open link of a token with its review and contact; None for whatever else was tried, in the same query.

    Somebody who has left the client reads no more, but may still stop the mail.
    """
    links = QBRLink.objects.open_at(now).filter(token_hash=hash_of(token, purpose=purpose), purpose=purpose)
    if purpose == QBRLink.Purpose.REVIEW:
        links = links.filter(Q(contact__left_on__isnull=True) | Q(contact__left_on__gt=today))
    found = links.select_related("qbr__client", "contact", "contact__qbr_opt_out")
    return found.defer("qbr__pdf", "qbr__draft", "qbr__definitions").first()


def note_sighting(*, link: QBRLink, now: datetime) -> None:
    """Count that the link was fetched. Mail scanners do that too, so nothing else follows from it."""
    seen = QBRLinkSighting.objects.filter(link=link).update(times=F("times") + 1, last_seen_at=now)
    if not seen:
        first = QBRLinkSighting(link=link, first_seen_at=now, last_seen_at=now)
        QBRLinkSighting.objects.bulk_create([first], ignore_conflicts=True)


@transaction.atomic
def revoke_links(*, qbr: QBR, contact: Contact, by: User | None, now: datetime) -> int:
    """Close every link with which a contact reads this version. Returns how many were open."""
    links = QBRLink.objects.open_at(now).filter(qbr=qbr, contact=contact, purpose=QBRLink.Purpose.REVIEW)
    closed = links.update(revoked_at=now)
    if closed:
        audit.record(by=by, action="qbr.link_revoke", target=qbr, changes={"contact": contact.name})
    return closed
