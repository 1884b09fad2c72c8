from typing import Any

from django.db.utils import OperationalError
from django_tenants.postgresql_backend import base
from psycopg.pq import TransactionStatus

from agencyam.tenancy.guard import guard


class DatabaseWrapper(base.DatabaseWrapper):
    """Raises when the search path could not be set, where the parent class runs on with the previous one.

    Inside a transaction that has already failed the parent's silence is right: the next statement can
    only be a rollback, and PostgreSQL refuses any other.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(guard)

    def _handle_search_path(self, cursor: Any = None) -> None:
        if self._setting_search_path:
            return
        super()._handle_search_path(cursor)
        if self.search_path_set_schemas is not None or self._is_transaction_aborted():
            return
        self.close()
        raise OperationalError("The search path could not be set, so nothing was run.")

    def _is_transaction_aborted(self) -> bool:
        return (
            self.connection is not None
            and self.connection.info.transaction_status == TransactionStatus.INERROR
        )
