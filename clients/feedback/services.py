from datetime import datetime

from django.db import transaction
from django.db.models import TextChoices

from accounts.models import User
from accounts.selectors import get_settings
from accounts.services import audit
from agencyam.exceptions import Refused
from agencyam.periods import local_day
from clients.book.models import Assignment, Client
from clients.changes.services import note_change
from clients.feedback.models import Survey, SurveyResponse
from clients.feedback.pulse import SAFE_FROM, SCALE

PULSE_SURVEY = "client-confidence"


class CannotGivePulse(Refused):
    pass


class PulseReason(TextChoices):
    """Why an account manager is not sure of a client."""

    RELATIONSHIP = "relationship", "The relationship"
    RESULTS = "results", "Our results"
    DELIVERY = "delivery", "Our delivery"
    BUDGET = "budget", "Their budget"
    PEOPLE = "people", "Their people change"
    COMPETITION = "competition", "A competitor"
    OTHER = "other", "Something else"


@transaction.atomic
def give_pulse(
    *, by: User, client: Client, score: int, note: str, now: datetime, reason: str = ""
) -> SurveyResponse:
    """Store how safe the account manager believes the client to be, 1 to 10, with a note on why.

    Below 7 a reason of PulseReason is needed too; note and reason are kept together in the comment. Only who
    looks after the client today may say. Raises CannotGivePulse, ValidationError.
    """
    today = local_day(now, get_settings().time_zone)
    if not Assignment.objects.active_on(today).filter(client=client, member=by).exists():
        raise CannotGivePulse(f"Only who looks after {client.name} can say how safe it is.")
    if not SCALE[0] <= score <= SCALE[1]:
        raise CannotGivePulse(f"The scale goes from {SCALE[0]} to {SCALE[1]}.")
    if not note.strip():
        raise CannotGivePulse("Say in a sentence what you go by.")
    if score < SAFE_FROM and reason not in PulseReason.values:
        raise CannotGivePulse(f"Below {SAFE_FROM}, choose a reason.")
    words = f"{PulseReason(reason).label}: {note.strip()}" if score < SAFE_FROM else note.strip()
    answer = SurveyResponse(
        survey=_pulse_survey(), client=client, member=by, score=score, answered_at=now, comment=words
    )
    answer.full_clean()
    answer.save()
    note_change(
        area="feedback",
        by=by,
        client_id=client.pk,
        first_on=today,
        target=answer,
        label=f"Confidence in {client.name}",
    )
    # The words stay out of the trail: they are between the account manager and who leads them.
    audit.record(by=by, action="pulse.give", target=answer, changes={"client": client.name})
    return answer


def _pulse_survey() -> Survey:
    survey, _ = Survey.objects.get_or_create(
        book_id=PULSE_SURVEY,
        defaults={
            "kind": Survey.Kind.PULSE,
            "name": "Confidence in a client",
            "scale_min": SCALE[0],
            "scale_max": SCALE[1],
        },
    )
    return survey
