from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Members and settings"

    def ready(self) -> None:
        """Find what apps above count beside the links of the menu, and what they say against a mail."""
        autodiscover_modules("navigation_badges", "mail_rules")
