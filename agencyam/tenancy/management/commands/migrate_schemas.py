from typing import Any

from django_tenants.management.commands.migrate_schemas import MigrateSchemasCommand

from agencyam.tenancy.context import unguarded


class Command(MigrateSchemasCommand):
    """django-tenants' command, which moves the search path itself, so the query guard stands aside."""

    def handle(self, *args: Any, **options: Any) -> None:
        with unguarded():
            super().handle(*args, **options)
