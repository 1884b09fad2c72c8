"""The rows behind reported figures: kept small, told apart from today's. Pure."""

import hashlib
import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
SliceName = tuple[str, str]  # kind of slice, key ("" for the agency)

# Words about a row that no figure depends on, and what changes by itself with time: no restatement.
_DESCRIPTIVE = frozenset(("name", "title", "topic", "ended_reason", "is_provisional"))
# What makes two rows the same thing at two times; a row has some of them.
_THINGS = (
    "response",
    "invitation",
    "proposal",
    "testimonial",
    "touchpoint",
    "deliverable",
    "request",
    "client",
    "service",
    "month",
    "month_starts_on",
    "member",
)
_OCCASIONS = ("day", "inbound_at", "movement")


@dataclass(frozen=True)
class RowChange:
    """A row that is another one now: `fields` has the old and the new value of what differs."""

    row: Row
    fields: dict[str, list[Any]]


@dataclass(frozen=True)
class RowChanges:
    """How the rows of a figure differ from the reported ones."""

    added: list[Row] = field(default_factory=list)
    removed: list[Row] = field(default_factory=list)
    altered: list[RowChange] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.altered)

    @property
    def clients(self) -> set[str]:
        """The book's ids of the clients whose rows differ."""
        rows = [*self.added, *self.removed, *(change.row for change in self.altered)]
        return {row["client"] for row in rows if row.get("client")}

    @property
    def things(self) -> set[str]:
        """The book's ids of the requests, answers, proposals and so on that differ."""
        rows = [*self.added, *self.removed, *(change.row for change in self.altered)]
        return {str(row[name]) for row in rows for name in _THINGS[:7] if row.get(name)}


def digest_rows(rows: Iterable[Row]) -> str:
    """SHA-256 over what the figure depends on; the order of the rows does not matter."""
    return digest_text("\n".join(sorted(_essence(row) for row in rows)))


def digest_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


NO_ROWS = digest_rows(())


def pack(slices: Mapping[SliceName, Sequence[Row]]) -> bytes:
    """The rows of one KPI in all slices, each row once, compressed."""
    places: dict[str, int] = {}
    listed = [
        [by, key, [places.setdefault(_text(row), len(places)) for row in rows]]
        for (by, key), rows in slices.items()
        if rows
    ]
    content = f'{{"rows":[{",".join(places)}],"slices":{_text(listed)}}}'
    return zlib.compress(content.encode(), level=9)


def unpack(content: bytes | memoryview) -> dict[SliceName, list[Row]]:
    """What `pack` was given; a slice without rows is absent."""
    kept = json.loads(zlib.decompress(bytes(content)))
    return {(by, key): [kept["rows"][place] for place in places] for by, key, places in kept["slices"]}


def project(rows: Sequence[Row], like: Iterable[Row]) -> list[Row]:
    """The rows with only the columns that `like` has, so that a new column is no change; as they are if it is empty."""
    names = {name for row in like for name in row}
    return [{name: row[name] for name in row if name in names} for row in rows] if names else list(rows)


def compare(old: Sequence[Row], new: Sequence[Row]) -> RowChanges:
    """Which rows were added, removed, or altered in which columns. Descriptive columns make no difference."""
    gone, come = _without_same(old, new), _without_same(new, old)
    altered: list[RowChange] = []
    for identity in (_same_occasion, _same_thing):
        gone, come, found = _pair(gone, come, identity)
        altered += found
    return RowChanges(added=come, removed=gone, altered=altered)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _essence(row: Row) -> str:
    return _text({name: value for name, value in row.items() if name not in _DESCRIPTIVE})


def _without_same(rows: Sequence[Row], others: Sequence[Row]) -> list[Row]:
    """The rows that have no equal left among the others."""
    equals = Counter(_essence(row) for row in others)
    left = []
    for row in rows:
        essence = _essence(row)
        if equals[essence]:
            equals[essence] -= 1
        else:
            left.append(row)
    return left


def _same_occasion(row: Row) -> str:
    return _text([[name, row[name]] for name in (*_THINGS, *_OCCASIONS) if name in row])


def _same_thing(row: Row) -> str:
    return _text([[name, row[name]] for name in _THINGS if name in row])


def _pair(
    old: list[Row], new: list[Row], identity: Callable[[Row], str]
) -> tuple[list[Row], list[Row], list[RowChange]]:
    """Old rows without a partner, new rows without one, and the pairs."""
    waiting: defaultdict[str, list[Row]] = defaultdict(list)
    for row in old:
        waiting[identity(row)].append(row)
    alone, pairs = [], []
    for row in new:
        partners = waiting[identity(row)]
        if partners:
            pairs.append(RowChange(row, _differences(partners.pop(0), row)))
        else:
            alone.append(row)
    return [row for rows in waiting.values() for row in rows], alone, pairs


def _differences(old: Row, new: Row) -> dict[str, list[Any]]:
    names = [name for name in {**old, **new} if name not in _DESCRIPTIVE]
    return {name: [old.get(name), new.get(name)] for name in names if old.get(name) != new.get(name)}
