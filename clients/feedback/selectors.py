from datetime import datetime

from django.db.models import OuterRef, Subquery

from clients.book.models import Client
from clients.feedback.models import Survey, SurveyResponse


def latest_nps_score(*, now: datetime) -> Subquery:
    """For `annotate` on clients: the score of the latest NPS answer up to now; null without one."""
    answers = SurveyResponse.objects.of_kind(Survey.Kind.NPS).filter(
        client=OuterRef("pk"), answered_at__lte=now
    )
    return Subquery(answers.order_by("-answered_at", "-pk").values("score")[:1])


def find_pulse(*, client: Client, now: datetime) -> SurveyResponse | None:
    """The latest word of an account manager on how safe the client is, with `survey` and `member`."""
    answers = SurveyResponse.objects.of_kind(Survey.Kind.PULSE).filter(client=client, answered_at__lte=now)
    return answers.select_related("survey", "member").order_by("-answered_at", "-pk").first()
