"""The database connection of this thread, typed as the engine that it is."""

from typing import TYPE_CHECKING, cast

from django.db import connection as django_connection

if TYPE_CHECKING:
    from agencyam.tenancy.backend.base import DatabaseWrapper

connection = cast("DatabaseWrapper", django_connection)
