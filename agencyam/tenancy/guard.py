"""Looks at every statement before it runs: is the agency that the code thinks it is in really bound?"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings

from agencyam.tenancy.context import NoTenant, bound_schema

_QUOTED_NAME = re.compile(r'"([a-z_][a-z0-9_]*)"')


@cache
def tenant_tables() -> frozenset[str]:
    """Names of the tables that live in agencies' schemas and not in the public one."""
    shared = set(settings.SHARED_APPS)
    configs = [config for config in apps.get_app_configs() if config.name not in shared]
    return frozenset(model._meta.db_table for config in configs for model in config.get_models(True))


def guard(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """An execute wrapper. Raises NoTenant instead of running a statement in the wrong place."""
    bound = bound_schema()
    if bound is None:
        touched = tenant_tables().intersection(_QUOTED_NAME.findall(str(sql)))
        if touched or context["connection"].schema_name != "public":
            raise NoTenant(
                f"No agency is bound, so {', '.join(sorted(touched)) or 'nothing'} may be queried."
            )
    elif bound and context["connection"].schema_name != bound:
        raise NoTenant(
            "The connection is on another agency's schema than the one bound. The query did not run."
        )
    return execute(sql, params, many, context)
