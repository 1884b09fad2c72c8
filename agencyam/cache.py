"""Redis as cache, with a process-local stand-in while Redis cannot be reached.

Pages must work and limits must hold when Redis is down: a limit counted per process is weaker than one
counted for all, and far better than none or than an error page.
"""

import logging
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from agencyam.tenancy.connection import connection

logger = logging.getLogger(__name__)
_UNREACHABLE = (RedisConnectionError, RedisTimeoutError)
_OPERATIONS = frozenset(
    [
        "add",
        "get",
        "set",
        "touch",
        "delete",
        "get_many",
        "set_many",
        "delete_many",
        "has_key",
        "incr",
        "clear",
        "get_or_set",
    ]
)


class FallbackRedisCache(RedisCache):
    """RedisCache whose operations fall back to local memory when the server is unreachable."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        local = {key: value for key, value in params.items() if key != "OPTIONS"}
        self._local = LocMemCache("fallback", local)

    def clear(self) -> None:
        """Forget the keys of the present schema only; other agencies keep theirs."""
        client = self._cache.get_client(None, write=True)
        keys = list(client.scan_iter(match=f"{connection.schema_name}:*", count=1000))
        if keys:
            client.delete(*keys)

    def __getattribute__(self, name: str) -> Any:
        attribute = super().__getattribute__(name)
        if name not in _OPERATIONS:
            return attribute

        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return attribute(*args, **kwargs)
            except _UNREACHABLE as error:
                logger.warning("Cache unreachable, using local memory: %s", type(error).__name__)
                return getattr(self._local, name)(*args, **kwargs)

        return call
