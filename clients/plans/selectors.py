from datetime import date

from django.db.models import F, Q, QuerySet

from accounts.models import User
from clients.book import selectors as book_selectors
from clients.book.models import Assignment, Client
from clients.plans.models import ActionItem, Goal


def list_goals(*, client: Client) -> QuerySet[Goal]:
    """The client's goals, the next due first, undated ones last."""
    return Goal.objects.filter(client=client).order_by(F("due_on").asc(nulls_last=True), "title", "pk")


def list_open_actions(*, client: Client) -> QuerySet[ActionItem]:
    """What either side still owes, the next due first; with its owner."""
    actions = ActionItem.objects.open().filter(client=client).select_related("owner")
    return actions.order_by(F("due_on").asc(nulls_last=True), "pk")


def list_actions(*, client: Client) -> QuerySet[ActionItem]:
    """Everything that either side promised, the earliest due first; with its owner."""
    actions = ActionItem.objects.filter(client=client).select_related("owner")
    return actions.order_by(F("due_on").asc(nulls_last=True), "pk")


def list_own_steps(*, user: User, today: date) -> QuerySet[ActionItem]:
    """Steps of ours that are the member's to do, open or done today; with client.

    Theirs are those that they own, and those that nobody owns of clients whose primary manager they are. Of
    clients that they may see and that are not archived.
    """
    visible = book_selectors.visible_clients(user=user, today=today).active_on(today)
    led = Assignment.objects.primary().active_on(today).filter(member=user)
    return (
        ActionItem.objects.filter(Q(done_on__isnull=True) | Q(done_on=today), is_ours=True)
        .filter(Q(owner=user) | Q(owner__isnull=True, client__in=led.values("client")))
        .filter(client__in=visible.values("pk"))
        .select_related("client")
        .order_by(F("due_on").asc(nulls_last=True), "pk")
    )


def find_action(*, client: Client, action_id: int | None) -> ActionItem | None:
    """A step of either side in the client's plan."""
    return ActionItem.objects.filter(client=client, pk=action_id).first() if action_id else None


def find_step(*, client: Client, step_id: int) -> ActionItem | None:
    """One step of ours in the client's plan."""
    return ActionItem.objects.filter(client=client, pk=step_id, is_ours=True).first()


def get_goal(*, client: Client, goal_id: int) -> Goal:
    """One goal of the client. Raises Goal.DoesNotExist."""
    return Goal.objects.get(client=client, pk=goal_id)
