from datetime import datetime

from django.db.models import OuterRef, Subquery

from clients.feedback.models import Survey, SurveyResponse


def latest_nps_score(*, now: datetime) -> Subquery:
    """For `annotate` on clients: the score of the latest NPS answer up to now; null without one."""
    answers = SurveyResponse.objects.of_kind(Survey.Kind.NPS).filter(
        client=OuterRef("pk"), answered_at__lte=now
    )
    return Subquery(answers.order_by("-answered_at", "-pk").values("score")[:1])
