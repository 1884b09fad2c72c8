"""Whose numbers a member may look at: kinds of slices, the slices of a kind, and which one is meant."""

from dataclasses import dataclass, replace
from datetime import date

from accounts.models import User
from accounts.permissions import sees_all_clients
from clients.book import selectors as book_selectors
from kpis.direct.query import UNASSIGNED, Query, SliceKey
from kpis.direct.slices import find_names, list_slices

KINDS = {
    "agency": "Whole agency",
    "am": "Account manager",
    "team": "Team",
    "segment": "Segment",
    "service": "Service",
    "client": "Client",
}
OWN_KINDS = {"am": "My clients", "client": "Client"}
_WITH_UNASSIGNED = ("am", "team", "segment")


@dataclass(frozen=True)
class Slice:
    """A slice with its words, what else could have been chosen, and why it is not the one asked for.

    `kinds` and `keys` are (value, words). `is_own_only`: the member may see their own clients' numbers only.
    """

    by: str
    key: str
    label: str
    kinds: list[tuple[str, str]]
    keys: list[tuple[str, str]]
    is_own_only: bool = False
    error: str = ""


def choose_slice(*, user: User, by: str, key: str, query: Query, today: date) -> Slice:
    """The slice that was asked for, if the member may see it; `query` says the period and the day.

    Where portfolios are private, an account manager gets their own, or one of their own clients of today,
    whatever is asked for and as of whichever day. Anything unknown becomes the whole agency, with a word.
    """
    if not sees_all_clients(user, is_portfolio_private=query.settings.is_portfolio_private):
        return _own_slice(user=user, by=by, key=key, today=today)
    agency = Slice("agency", "", query.settings.name or "Agency", list(KINDS.items()), [])
    if by == "agency":
        return agency
    if by not in KINDS:
        return _instead(agency, f"There is no such kind of slice as '{_short(by)}'.")
    known = _list_keys(query.of(by), key)
    chosen = key or next(iter(known), "")
    if chosen not in known:
        noun = KINDS[by].lower()
        return _instead(agency, f"There is no {noun} '{_short(key)}'." if key else f"There is no {noun} yet.")
    return Slice(by, chosen, known[chosen], agency.kinds, list(known.items()))


def _own_slice(*, user: User, by: str, key: str, today: date) -> Slice:
    kinds = list(OWN_KINDS.items())
    own = Slice("am", user.book_id, user.name, kinds, [], is_own_only=True)
    if by != "client":
        return own
    clients = book_selectors.visible_clients(user=user, today=today)
    keys = list(clients.order_by("name", "book_id").values_list("book_id", "name"))
    known = dict(keys)
    chosen = key or next(iter(known), "")
    if chosen not in known:
        return _instead(own, "This client is not one of yours." if key else "You have no clients.")
    return Slice("client", chosen, known[chosen], kinds, keys, is_own_only=True)


def _list_keys(query: Query, key: str) -> dict[str, str]:
    """The slices that take part in the period, by name; the one asked for too if there is one of that key."""
    known = {str(each): label for each, label in list_slices(query).items()}
    wanted: set[SliceKey] = {UNASSIGNED} if query.by in _WITH_UNASSIGNED else set()
    if key and key not in known and "\x00" not in key:
        wanted.add(key)
    found = find_names(query.by, wanted) if wanted else {}
    return known | {str(each): label for each, label in found.items()}


def _instead(slice_: Slice, error: str) -> Slice:
    return replace(slice_, error=error)


def _short(text: str) -> str:
    printable = "".join(character for character in text if character.isprintable())
    return printable if len(printable) <= 40 else printable[:40] + "…"
