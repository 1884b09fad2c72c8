"""Makes agencies' schemas in a twentieth of the time: the first of a run by migrating, the others by repetition.

Nine tenths of a migration are Django's picture of all models, drawn anew at every step; the statements that it sends
are few and quick. Those of the run's first agency are kept and sent again for each further one; test_schemas.py
compares what they make. Processes that tests start (a demo, an import that is killed) migrate as ever.
"""

from typing import Any

from django.db import connection, transaction
from django_tenants.migration_executors import get_executor
from django_tenants.migration_executors.standard import StandardExecutor

# What only looks, and what Django sends anew by itself.
NOT_KEPT = ("SELECT", "SHOW", "SET SEARCH_PATH", "SAVEPOINT", "RELEASE SAVEPOINT")
PARTIAL = ("app_label", "migration_name", "fake", "fake_initial", "plan", "check_unapplied", "prune")


class RepeatingExecutor(StandardExecutor):
    """Migrates one empty schema after the other with the statements of the first."""

    codename = "repeating"
    kept: list[tuple[str, Any, bool]] = []
    repeated: list[str] = []

    def run_migrations(self, tenants: list[str] | None = None) -> None:
        for schema_name in tenants or []:
            if not self._wants_all() or schema_name == self.PUBLIC_SCHEMA_NAME or not _is_empty(schema_name):
                super().run_migrations([schema_name])
            elif self.kept:
                _repeat(schema_name, self.kept)
                self.repeated.append(schema_name)
            else:
                self.kept.extend(self._migrate(schema_name))

    def _wants_all(self) -> bool:
        """Whether every migration is to run, and nobody reads along."""
        return self.options["verbosity"] == 0 and not any(self.options.get(name) for name in PARTIAL)

    def _migrate(self, schema_name: str) -> list[tuple[str, Any, bool]]:
        sent = []

        def keep(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
            text = str(sql)
            if not text.lstrip().upper().startswith(NOT_KEPT):
                assert schema_name not in f"{text} {params}"
                sent.append((text, params, many))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(keep):
            super().run_migrations([schema_name])
        return sent


def executor(codename: str | None = None) -> type:
    """django-tenants' GET_EXECUTOR_FUNCTION: what migrates agencies in this process unless a command names another."""
    return get_executor(codename) if codename else RepeatingExecutor


def _is_empty(schema_name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_class WHERE relnamespace = %s::regnamespace LIMIT 1", [schema_name])
        return cursor.fetchone() is None


def _repeat(schema_name: str, statements: list[tuple[str, Any, bool]]) -> None:
    connection.set_schema(schema_name)
    with transaction.atomic(), connection.cursor() as cursor:
        for sql, params, many in statements:
            (cursor.executemany if many else cursor.execute)(sql, params)
    connection.set_schema_to_public()
