"""Gives a test run its own servers before Django reads its settings: `-p agencyam.embedded.pytest_plugin`."""

import contextlib
import os
from collections.abc import Generator

import pytest

from agencyam.embedded.throwaway import throwaway_servers


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """Name throwaway servers in the environment unless it names others. Each process of a parallel run has its own.

    Raises UsageError for a parallel run on named servers, which its processes would have to share.
    """
    os.environ["TESTING"] = "1"
    os.environ.setdefault("CANARY_RATE", "1")
    has_servers = "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ
    is_shared_out = bool(getattr(early_config.known_args_namespace, "numprocesses", None))
    is_one_of_many = "PYTEST_XDIST_WORKER" in os.environ
    if has_servers and is_shared_out:
        raise pytest.UsageError("Servers named in the environment serve one process; add -n 0.")
    if not has_servers and (is_one_of_many or not is_shared_out):
        stack = contextlib.ExitStack()
        servers = stack.enter_context(throwaway_servers())
        early_config.add_cleanup(stack.close)
        os.environ["DATABASE_URL"] = servers.database_url
        os.environ["REDIS_URL"] = servers.redis_url
        os.environ["CACHE_URL"] = servers.cache_url
    return (yield)
