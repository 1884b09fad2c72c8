"""A security key as a browser registers it, without a browser."""

import os
from hashlib import sha256
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from accounts.models import User


def equip(member: User) -> Authenticator:
    """Give the member an authenticator app, recovery codes and a security key, which is returned."""
    TOTP.activate(member, generate_totp_secret())
    # The library notes when a member first looks at their codes: the one write that reading may do.
    RecoveryCodes.activate(member).mark_as_viewed()
    return WebAuthn.add(member, f"Key of {member.name}", _registration()).instance


def _registration() -> dict[str, Any]:
    public_key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    credential = AttestedCredentialData.create(Aaguid.NONE, os.urandom(16), public_key)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    key = AuthenticatorData.create(sha256(b"northwind.localhost").digest(), flags, 0, credential)
    client = CollectedClientData.create("webauthn.create", os.urandom(16), "http://northwind.localhost")
    number = websafe_encode(credential.credential_id)
    return {
        "id": number,
        "rawId": number,
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(AttestationObject.create("none", key, {})),
        },
    }
