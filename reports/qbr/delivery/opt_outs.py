"""Contacts who want no reviews by mail."""

from datetime import datetime

from django.db import transaction

from accounts.services import audit
from clients.book.models import Contact
from reports.qbr.delivery.models import QBROptOut


@transaction.atomic
def opt_out(*, contact: Contact, now: datetime) -> bool:
    """Send this contact no more reviews. False if they get none already."""
    _, is_new = QBROptOut.objects.get_or_create(contact=contact, defaults={"at": now})
    if is_new:
        audit.record(by=None, action="contact.unsubscribe", target=contact, changes={"from": "reviews"})
    return is_new


@transaction.atomic
def opt_in(*, contact: Contact) -> bool:
    """The contact wants them again. False if they get them already."""
    n_deleted, _ = QBROptOut.objects.filter(contact=contact).delete()
    if n_deleted:
        audit.record(by=None, action="contact.subscribe", target=contact, changes={"to": "reviews"})
    return bool(n_deleted)
