"""The mails that tell a member of alerts: one at once, or one in the morning with all that wait."""

from collections.abc import Sequence
from datetime import date

from django.template.loader import render_to_string

from accounts.models import User
from agencyam.jobs import outbox
from kpis.alerts.models import AlertNotice

_LONGEST_SUBJECT = 200


def alert_key(notice: AlertNotice) -> str:
    """Names the cause and the member, so that the same news is never posted twice."""
    return f"alert:{notice.alert_id}:{notice.member_id}"


def digest_key(member: User, day: date) -> str:
    return f"digest:{member.pk}:{day.isoformat()}"


def post_alert(*, notice: AlertNotice, site: str) -> str:
    """Post the mail of one alert in the caller's transaction. Returns its key."""
    key = alert_key(notice)
    _post(key, notice.member, notice.alert.title, "alert", {"alert": notice.alert, "site": site})
    return key


def post_digest(*, member: User, notices: Sequence[AlertNotice], day: date, site: str) -> str:
    """Post the morning mail of a day in the caller's transaction. Returns its key."""
    key, number = digest_key(member, day), len(notices)
    subject = notices[0].alert.title if number == 1 else f"{number} new alerts"
    context = {"alerts": [notice.alert for notice in notices], "day": day, "site": site}
    _post(key, member, subject, "digest", context)
    return key


def _post(key: str, member: User, subject: str, template: str, context: dict[str, object]) -> None:
    known = context | {"member": member}
    outbox.post(
        key=key,
        to=member.email,
        subject=" ".join(subject.split())[:_LONGEST_SUBJECT],
        text=render_to_string(f"kpis/email/{template}.txt", known),
        html=render_to_string(f"kpis/email/{template}.html", known),
        is_client_mail=False,
    )
