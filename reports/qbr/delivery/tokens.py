"""Tokens of personal links: 32 random bytes for the reader, a hash for us. For edges."""

import hashlib
import secrets

from agencyam.tenancy.context import current_agency

BYTES = 32


def new_token() -> str:
    """Text for an address, from 32 random bytes."""
    return secrets.token_urlsafe(BYTES)


def hash_of(token: str, *, purpose: str) -> str:
    """SHA-256 of a token as kept: bound to its purpose and to this agency, so that no copy of a row opens elsewhere."""
    bound = f"{current_agency().uuid.hex}:{purpose}:{token}"
    return hashlib.sha256(bound.encode(errors="replace")).hexdigest()
