from datetime import date

from django.http import Http404

from accounts.models import User
from clients.book import selectors
from clients.book.models import Client


def client_or_404(*, user: User, client_id: int, today: date) -> Client:
    """The client for a view. One that the member may not see answers as one that does not exist."""
    try:
        return selectors.get_client(user=user, client_id=client_id, today=today)
    except Client.DoesNotExist:
        raise Http404("There is no such client.") from None
