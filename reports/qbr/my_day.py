"""Reviews on a member's day: to prepare, to approve, to send and to hold, and what clients wrote under them."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import F, Q
from django.urls import reverse

from accounts.permissions import can
from accounts.roles import Permission
from agencyam.periods import day_start, local_day
from clients.touchpoints import selectors as touchpoint_selectors
from clients.workspace.my_day.rows import DayQuestion, DayRow, DoneRow, Found, Rank, past_words
from reports.qbr import selectors
from reports.qbr.delivery.models import QBRComment
from reports.qbr.models import HEAVY, QBR
from reports.qbr.stages import queue

# After so many days without a conversation a comment is no longer answered by a reminder.
COMMENT_DAYS = 14
Stage = QBR.Stage


def read_day(asked: DayQuestion) -> Found:
    """A fixed number of queries."""
    rows = [row for qbr in _list_open(asked) if (row := _own_row(qbr, asked))]
    if can(asked.user, Permission.REVIEW_APPROVE):
        rows += _approvals(asked)
    rows += [_comment_row(comment, asked) for comment in _list_comments(asked)]
    return Found(rows=rows, done=_list_done(asked))


def _list_open(asked: DayQuestion) -> Iterable[QBR]:
    """The latest versions of the reviews that the member answers for and that ask for something."""
    own = selectors.list_qbrs(user=asked.user, today=asked.today).filter(owner=asked.user)
    waiting = Q(stage__in=[Stage.DRAFT, Stage.APPROVED]) | Q(stage=Stage.SENT, meeting_at__isnull=False)
    return own.filter(waiting, corrections__isnull=True)


def _own_row(qbr: QBR, asked: DayQuestion) -> DayRow | None:
    if qbr.stage == Stage.DRAFT:
        return _draft_row(qbr, asked)
    if qbr.stage == Stage.SENT:
        return _meeting_row(qbr, qbr.meeting_at, asked) if qbr.meeting_at else None
    if qbr.status == QBR.Status.FAILED:
        return _row(qbr, "Print the review", why="PDF failed", tone="bad", due_on=asked.today)
    if not qbr.is_ready:
        return None
    title, words = "Send the review", "Send"
    return _row(qbr, title, why="Approved", tone="info", due_on=asked.today, words=words, view="qbr-send")


def _draft_row(qbr: QBR, asked: DayQuestion) -> DayRow:
    """A draft that came back, or whose meeting is near, is for today; any other has no day."""
    why, tone, due_on = f"Draft since {_day(qbr.created_at, asked)}", "neutral", None
    if qbr.meeting_at is not None and qbr.meeting_at - asked.moment.now < timedelta(days=7):
        why, tone, due_on = f"Meeting {asked.clock(qbr.meeting_at)}", "warn", asked.today
    if qbr.sent_back_because:
        why, tone, due_on = "Sent back", "warn", asked.today
    return _row(
        qbr,
        "Prepare the review",
        why=why,
        tone=tone,
        due_on=due_on,
        words="Write",
        view="builder-detail",
        detail=qbr.sent_back_because,
    )


def _meeting_row(qbr: QBR, meeting_at: datetime, asked: DayQuestion) -> DayRow:
    day, clock = local_day(meeting_at, asked.moment.settings.time_zone), asked.clock(meeting_at)
    if meeting_at > asked.moment.now:
        return _row(qbr, "Hold the review", why=f"Meeting {clock}", tone="info", due_on=day)
    return _row(
        qbr,
        "Note the outcome of the review",
        why=f"Meeting was {clock}",
        tone="warn",
        due_on=day,
        is_overdue=day < asked.today,
        words="Note it",
        view="qbr-hold",
    )


def _approvals(asked: DayQuestion) -> list[DayRow]:
    rows = []
    for waiting in queue.list_queue(user=asked.user, today=asked.today):
        qbr = waiting.qbr
        if waiting.problem or qbr.approver_id not in (None, asked.user.pk):
            continue
        since = _day(qbr.submitted_at or qbr.created_at, asked)
        rows.append(
            _row(
                qbr,
                "Approve the review",
                why=f"Waits since {since}",
                tone="warn",
                due_on=asked.today,
                words="Approve",
                detail=f"asked by {qbr.submitted_by.name}" if qbr.submitted_by else "",
            )
        )
    return rows


def _list_comments(asked: DayQuestion) -> Iterable[QBRComment]:
    """The latest comment of each person under a review of the member, while nobody has spoken with the client."""
    now = asked.moment.now
    reviews = selectors.list_qbrs(user=asked.user, today=asked.today).filter(owner=asked.user)
    spoken_at = touchpoint_selectors.last_held_at(now=now, client="qbr__client")
    return (
        QBRComment.objects.filter(qbr__in=reviews.order_by().values("pk"))
        .filter(written_at__gte=now - timedelta(days=COMMENT_DAYS), written_at__lte=now)
        .annotate(spoken_at=spoken_at)
        .filter(Q(spoken_at__isnull=True) | Q(spoken_at__lt=F("written_at")))
        .select_related("contact", "qbr__client")
        .defer(*(f"qbr__{name}" for name in HEAVY))
        .order_by("qbr", "contact", "-written_at", "-pk")
        .distinct("qbr", "contact")
    )


def _comment_row(comment: QBRComment, asked: DayQuestion) -> DayRow:
    qbr = comment.qbr
    client_url = reverse("clients:client-detail", args=[qbr.client_id])
    return DayRow(
        key=f"comment-{comment.pk}",
        rank=Rank.REPLY,
        title=f"{comment.contact.name} commented on the review of {qbr.period.label}",
        url=reverse("reports:qbr-detail", args=[qbr.pk]),
        why=f"Written {_day(comment.written_at, asked)}",
        tone="warn",
        due_on=asked.today,
        client_id=qbr.client_id,
        client_name=qbr.client.name,
        detail=f"“{comment.text[:300]}”",
        action_url=f"{client_url}#touchpoint",
        action_words="Speak and log it",
    )


def _list_done(asked: DayQuestion) -> list[DoneRow]:
    """What the member approved or sent today."""
    since, me = day_start(asked.today, asked.moment.settings.time_zone), asked.user
    today = Q(owner=me, sent_at__gte=since) | Q(approved_by=me, approved_at__gte=since)
    done = []
    for qbr in selectors.list_qbrs(user=me, today=asked.today).filter(today):
        if qbr.owner_id == me.pk and qbr.sent_at is not None and qbr.sent_at >= since:
            done.append(_done_row(qbr, "Sent"))
        if qbr.approved_by_id == me.pk and qbr.approved_at is not None and qbr.approved_at >= since:
            done.append(_done_row(qbr, "Approved"))
    return done


def _done_row(qbr: QBR, words: str) -> DoneRow:
    return DoneRow(
        key=f"review-{qbr.pk}-{words.lower()}",
        title=f"Review of {qbr.period.label}",
        url=reverse("reports:qbr-detail", args=[qbr.pk]),
        words=words,
        client_name=qbr.client.name,
    )


def _row(
    qbr: QBR,
    title: str,
    *,
    why: str,
    tone: str,
    due_on: date | None,
    words: str = "Open",
    view: str = "qbr-detail",
    detail: str = "",
    is_overdue: bool = False,
) -> DayRow:
    return DayRow(
        key=f"review-{qbr.pk}",
        rank=Rank.REVIEW,
        title=f"{title} of {qbr.period.label}",
        url=reverse("reports:qbr-detail", args=[qbr.pk]),
        why=why,
        tone=tone,
        due_on=due_on,
        is_overdue=is_overdue,
        client_id=qbr.client_id,
        client_name=qbr.client.name,
        detail=detail,
        action_url=reverse(f"reports:{view}", args=[qbr.pk]),
        action_words=words,
    )


def _day(instant: datetime, asked: DayQuestion) -> str:
    return past_words(local_day(instant, asked.moment.settings.time_zone), asked.today)
