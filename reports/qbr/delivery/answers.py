"""What a contact says to a review: agrees to next steps, comments, signs off. Each counts once."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from agencyam.exceptions import Refused
from clients.plans import selectors as plan_selectors
from reports.qbr.delivery.models import QBRAgreement, QBRComment, QBRLink, QBRSignOff
from reports.qbr.document import from_json
from reports.qbr.layout import steps_to_agree
from reports.qbr.models import QBR

LONGEST_COMMENT = 4000
MOST_COMMENTS = 30


class CannotAnswer(Refused):
    """The version was corrected, or there is nothing in the answer, or too much."""


@transaction.atomic
def agree(*, link: QBRLink, positions: Collection[int], now: datetime) -> list[QBRAgreement]:
    """Agree to some of the printed next steps, by their places from 0. Raises CannotAnswer."""
    qbr = _lock(link)
    steps = steps_to_agree(from_json(qbr.snapshot))
    chosen = sorted({place for place in positions if 0 <= place < len(steps)})
    if not chosen:
        raise CannotAnswer(_("Tick at least one step that you agree to."))
    agreed = []
    for place in chosen:
        agreement, is_new = QBRAgreement.objects.get_or_create(
            qbr=qbr,
            contact=link.contact,
            position=place,
            defaults={
                "what": steps[place].what,
                "action": plan_selectors.find_action(client=qbr.client, action_id=steps[place].plan_id),
                "agreed_at": now,
            },
        )
        agreed += [agreement] if is_new else []
    if agreed:
        _note(link, "agree", steps=[row.what for row in agreed])
    return agreed


@transaction.atomic
def comment(*, link: QBRLink, text: str, now: datetime) -> QBRComment:
    """Write something under the review; the same words twice are one comment. Raises CannotAnswer."""
    qbr = _lock(link)
    # A browser counts a line's end as one letter and sends two.
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not text:
        raise CannotAnswer(_("Write a comment first."))
    if len(text) > LONGEST_COMMENT:
        raise CannotAnswer(_("A comment may have %(number)s characters.") % {"number": LONGEST_COMMENT})
    own = QBRComment.objects.filter(qbr=qbr, contact=link.contact)
    same = own.filter(text=text).first()
    if same:
        return same
    if own.count() >= MOST_COMMENTS:
        raise CannotAnswer(_("You have written a lot here already. Please answer the mail instead."))
    written = QBRComment(qbr=qbr, contact=link.contact, text=text, written_at=now)
    written.full_clean()
    written.save(force_insert=True)
    _note(link, "comment", comment=written.pk)
    return written


@transaction.atomic
def sign_off(*, link: QBRLink, now: datetime) -> QBRSignOff:
    """Sign the version off; a second time changes nothing. Raises CannotAnswer."""
    qbr = _lock(link)
    signed, is_new = QBRSignOff.objects.get_or_create(
        qbr=qbr, contact=link.contact, defaults={"signed_at": now}
    )
    if is_new:
        _note(link, "sign_off")
    return signed


def _lock(link: QBRLink) -> QBR:
    """The version, if it may be answered; answers to one version come one after the other."""
    qbr = QBR.objects.select_for_update(of=("self",)).defer("pdf", "draft").get(pk=link.qbr_id)
    if is_superseded(qbr):
        raise CannotAnswer(_("A corrected version of this review was sent to you. Please answer that one."))
    return qbr


def is_superseded(qbr: QBR) -> bool:
    """Whether the client has got a correction of this version."""
    return qbr.corrections.filter(locked_at__isnull=False).exists()


def _note(link: QBRLink, verb: str, **changes: object) -> None:
    audit.record(
        by=None, action=f"qbr.{verb}", target=link.qbr, changes={"contact": link.contact.name, **changes}
    )
