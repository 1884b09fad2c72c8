"""Second factors at rest: secrets are encrypted with a key derived from SECRET_KEY."""

import base64
import hashlib

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


class MFAAdapter(DefaultMFAAdapter):
    """Keeps TOTP secrets and recovery seeds unreadable in the database and its dumps.

    SECRET_KEY_FALLBACKS still open what older keys have closed.
    """

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> MultiFernet:
    return MultiFernet(
        [Fernet(_key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _key(secret: str) -> bytes:
    """32 bytes of their own for this purpose; SECRET_KEY is long and random, so one hash is enough."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"agencyam.accounts.mfa:{secret}".encode()).digest())
