"""How the queries of the money facts group by slice, and name the groups by the book's ids."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Slicing:
    """SQL of one kind of slice.

    `of_client` groups a client on a day, out of the relations `owned` and `client`; `of_movement` groups a
    movement, out of `movement` and `client`. `name` turns a `key` of the relation `found` into a slice key,
    with the help of the join `names`. `members`: the clients that were ever in the slice `only`; None where a
    slice cannot be told without all clients.
    """

    by: str
    of_client: str
    of_movement: str
    name: str
    names: str = ""
    members: str | None = None

    def among(self, client: str, only: str | None) -> str:
        """A condition on the client (an id expression) that leaves out whom the slice never had."""
        return "TRUE" if only is None or self.members is None else f"{client} IN ({self.members})"


_SEGMENT = "COALESCE(NULLIF(client.segment, ''), 'unassigned')"
_OWNER_NAME = "COALESCE(named.book_id, 'unassigned')"


def _named(table: str) -> str:
    return f"LEFT JOIN {table} named ON named.id = found.key"


def _owned(table: str, key: str) -> str:
    return (
        f"SELECT owner.client_id FROM kpis_clientowner owner LEFT JOIN {table} named ON named.id = owner.{key} "  # noqa: S608
        f"WHERE {_OWNER_NAME} = %(only)s"
    )


_KINDS = (
    Slicing("agency", "NULL::bigint", "NULL::bigint", "NULL::text"),
    Slicing(
        by="am",
        of_client="owned.am_id",
        of_movement="movement.am_id",
        name=_OWNER_NAME,
        names=_named("accounts_user"),
        members=_owned("accounts_user", "am_id"),
    ),
    Slicing(
        by="team",
        of_client="owned.team_id",
        of_movement="movement.team_id",
        name=_OWNER_NAME,
        names=_named("accounts_team"),
        members=_owned("accounts_team", "team_id"),
    ),
    Slicing(
        by="segment",
        of_client=_SEGMENT,
        of_movement=_SEGMENT,
        name="found.key",
        members=f"SELECT client.id FROM clients_client client WHERE {_SEGMENT} = %(only)s",  # noqa: S608
    ),
    Slicing(
        by="service",
        of_client="NULL::bigint",
        of_movement="movement.service_id",
        name="named.book_id",
        names=_named("clients_service"),
    ),
    Slicing(
        by="client",
        of_client="client.id",
        of_movement="client.id",
        name="named.book_id",
        names=_named("clients_client"),
        members="SELECT id FROM clients_client WHERE book_id = %(only)s",
    ),
)

SLICINGS = {slicing.by: slicing for slicing in _KINDS}
