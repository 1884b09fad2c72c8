from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ClientsConfig(AppConfig):
    name = "clients"
    verbose_name = "Book of business"

    def ready(self) -> None:
        """Find what apps above put onto the pages of clients."""
        autodiscover_modules("client_extensions")
