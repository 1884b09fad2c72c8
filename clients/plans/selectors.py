from django.db.models import F, QuerySet

from clients.book.models import Client
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


def get_goal(*, client: Client, goal_id: int) -> Goal:
    """One goal of the client. Raises Goal.DoesNotExist."""
    return Goal.objects.get(client=client, pk=goal_id)
