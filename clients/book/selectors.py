from collections.abc import Iterable
from datetime import date

from django.db.models import F, Func

from accounts import selectors as account_selectors
from accounts.models import User, UserQuerySet
from accounts.permissions import sees_all_clients
from clients.book.models import (
    Assignment,
    AssignmentQuerySet,
    Client,
    ClientQuerySet,
    Contact,
    ContactQuerySet,
)


def visible_clients(*, user: User, today: date) -> ClientQuerySet:
    """The clients that a member may see: all, or where portfolios are private their own of today.

    Every list, search, export and lookup by id starts here.
    """
    is_private = account_selectors.get_settings().is_portfolio_private
    if sees_all_clients(user, is_portfolio_private=is_private):
        return Client.objects.all()
    return Client.objects.assigned_to(user, today)


def get_client(*, user: User, client_id: int, today: date) -> Client:
    """A client that the member may see, with `primary_manager_name` of today. Raises Client.DoesNotExist."""
    clients = visible_clients(user=user, today=today).with_primary_manager(today)
    return clients.select_related("sla_policy", "referred_by").get(pk=client_id)


def find_client(*, book_id: str) -> Client | None:
    """A client by its id in the book, for commands, which see all clients."""
    return Client.objects.filter(book_id=book_id).first()


def list_contacts(*, client: Client, today: date) -> ContactQuerySet:
    """The people at a client today, by name."""
    return client.contacts.active_on(today).order_by("name", "pk")


def list_team(*, client: Client, today: date) -> AssignmentQuerySet:
    """Who looks after the client today: the primary manager first, then by name; with `member`."""
    team = Assignment.objects.active_on(today).filter(client=client)
    return team.select_related("member").order_by("role", "member__name", "pk")


def list_managers(*, today: date) -> UserQuerySet:
    """Members who look after at least one client today, by name: the choices of a filter."""
    assigned = Assignment.objects.active_on(today).values("member")
    return User.objects.filter(pk__in=assigned).order_by("name", "pk")


def list_tiers(*, clients: ClientQuerySet) -> list[str]:
    return _distinct(clients, "tier")


def list_segments(*, clients: ClientQuerySet) -> list[str]:
    return _distinct(clients, "segment")


def list_tags(*, clients: ClientQuerySet) -> list[str]:
    """All tags of the clients, each once, in order."""
    tags = clients.annotate(tag=Func(F("tags"), function="unnest")).values_list("tag", flat=True)
    return sorted(set(tags.order_by()))


def find_contact(*, client: Client, contact_id: int) -> Contact | None:
    return client.contacts.filter(pk=contact_id).first()


def _distinct(clients: ClientQuerySet, field: str) -> list[str]:
    values = clients.exclude(**{field: ""}).order_by(field).values_list(field, flat=True)
    return list(values.distinct())


def map_book_ids(book_ids: Iterable[str]) -> dict[str, int]:
    """The ids of the clients with these book ids."""
    return dict(Client.objects.filter(book_id__in=set(book_ids)).values_list("book_id", "pk"))


def find_clients(*, user: User, today: date, words: str, most: int = 8) -> list[Client]:
    """The first clients, by name, whose name holds the words; none for no words."""
    if not words:
        return []
    clients = visible_clients(user=user, today=today).filter(name__icontains=words)
    return list(clients.order_by("name", "pk")[:most])
