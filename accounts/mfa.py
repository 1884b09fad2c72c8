"""Second factors at rest: secrets are encrypted with a key derived from SECRET_KEY."""

from allauth.mfa.adapter import DefaultMFAAdapter

from agencyam.sealing import seal, unseal

PURPOSE = "agencyam.accounts.mfa"


class MFAAdapter(DefaultMFAAdapter):
    """Keeps TOTP secrets and recovery seeds unreadable in the database and its dumps.

    SECRET_KEY_FALLBACKS still open what older keys have closed.
    """

    def encrypt(self, text: str) -> str:
        return seal(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, purpose=PURPOSE)
