from typing import Any

from django.core.management.base import BaseCommand

from agencyam.embedded.autostart import VAR
from agencyam.embedded.servers import stop_servers


class Command(BaseCommand):
    help = "Stops the embedded PostgreSQL and Valkey under var/, whoever uses them."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        was_running = stop_servers(VAR)
        self.stdout.write("The embedded servers are stopped." if was_running else "No embedded server ran.")
