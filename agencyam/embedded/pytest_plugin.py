"""Gives a test run its own servers before Django reads its settings: `-p agencyam.embedded.pytest_plugin`."""

import contextlib
import os
from collections.abc import Generator

import pytest

from agencyam.embedded.throwaway import throwaway_servers


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """Name throwaway servers in the environment unless it names others; xdist workers inherit them."""
    os.environ["TESTING"] = "1"
    os.environ.setdefault("CANARY_RATE", "1")
    if "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ:
        stack = contextlib.ExitStack()
        servers = stack.enter_context(throwaway_servers())
        early_config.add_cleanup(stack.close)
        os.environ["DATABASE_URL"] = servers.database_url
        os.environ["REDIS_URL"] = servers.redis_url
        os.environ["CACHE_URL"] = servers.cache_url
    return (yield)
