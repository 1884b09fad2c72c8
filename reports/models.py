"""Re-exports the models of the app's folders, so that Django finds them."""

from reports.qbr.models import QBR

__all__ = ["QBR"]
