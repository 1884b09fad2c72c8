"""Which kinds of jobs there are: an app's ``tasks.py`` registers its handlers here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Handler = Callable[..., Any]


class UnknownKind(LookupError):
    """No handler is registered under this name."""


@dataclass(frozen=True)
class JobKind:
    """A kind of job: its handler, its queue and its hard time limit in seconds."""

    name: str
    handler: Handler
    queue: str
    time_limit: int


_kinds: dict[str, JobKind] = {}


def job_kind(name: str, *, queue: str = "interactive", time_limit: int = 60) -> Callable[[Handler], Handler]:
    """Register a handler: keyword-only ids in, one service call out, safe to run twice."""

    def register(handler: Handler) -> Handler:
        _kinds[name] = JobKind(name=name, handler=handler, queue=queue, time_limit=time_limit)
        return handler

    return register


def get_kind(name: str) -> JobKind:
    """The kind of this name. Raises UnknownKind."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(f"No job kind is called '{name}'.") from None


def list_kinds() -> list[JobKind]:
    return sorted(_kinds.values(), key=lambda kind: kind.name)
