from django.db.models import QuerySet

from accounts.models import AgencySettings, AuditEvent, OutboxEmail, User, UserQuerySet


def get_settings() -> AgencySettings:
    """The agency's settings; the defaults while it has none of its own."""
    return AgencySettings.objects.get_solo()


def list_members() -> UserQuerySet:
    """All members, those with access first, then by name."""
    return User.objects.order_by("-is_active", "name", "pk")


def get_member(*, member_id: int) -> User:
    """A member, fresh from the database. Raises User.DoesNotExist."""
    return User.objects.get(pk=member_id)


def find_member_by_email(email: str) -> User | None:
    return User.objects.filter(email=email.strip().lower()).first()


def find_broken_audit_link() -> AuditEvent | None:
    """The first row of the trail that was changed, or whose predecessor is gone; None for a whole trail."""
    last_hash = ""
    for event in AuditEvent.objects.order_by("pk").iterator(chunk_size=1000):
        if event.prev_hash != last_hash or event.hash != event.expected_hash():
            return event
        last_hash = event.hash
    return None


def list_mail(*, state: str = "") -> QuerySet[OutboxEmail]:
    """Mail to clients, latest first, without its texts; ``state`` narrows it if it is one.

    Mail to members is left out: it holds reset links, and those are nobody else's.
    """
    mails = OutboxEmail.objects.filter(is_client_mail=True).defer("text", "html", "attachments")
    mails = mails.filter(state=state) if state in OutboxEmail.State else mails
    return mails.order_by("-created_at", "-pk")


def find_mail(mail_id: int) -> OutboxEmail | None:
    return OutboxEmail.objects.filter(pk=mail_id).first()


def count_unknown_mail() -> int:
    """How many mails wait for a person's decision."""
    return OutboxEmail.objects.filter(is_client_mail=True, state=OutboxEmail.State.UNKNOWN).count()
