from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    """Brings the `demo` and `stop_servers` commands; it has no models."""

    name = "agencyam.embedded"
    label = "embedded"
