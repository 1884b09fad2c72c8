from django.contrib.auth.tokens import PasswordResetTokenGenerator

from accounts.models import User
from agencyam.tenancy.context import current_agency


class PasswordTokenGenerator(PasswordResetTokenGenerator):
    """Tokens that set a password in the agency that gave them out, and in no copy of it. For edges."""

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{current_agency().uuid}"
