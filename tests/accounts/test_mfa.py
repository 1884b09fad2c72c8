import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cryptography.fernet import InvalidToken

from tests.factories.accounts import MemberFactory

OLD, NEW = "an-old-key-" * 5, "a-new-key-" * 6


def test_a_second_factor_is_unreadable_at_rest(agency):
    secret = generate_totp_secret()

    TOTP.activate(MemberFactory(), secret)

    stored = Authenticator.objects.get().data["secret"]
    assert secret not in stored
    assert get_adapter().decrypt(stored) == secret


def test_a_retired_key_still_opens_what_it_closed(settings):
    settings.SECRET_KEY = OLD
    closed = get_adapter().encrypt("seed")

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]

    assert get_adapter().decrypt(closed) == "seed"


def test_another_key_opens_nothing(settings):
    settings.SECRET_KEY = OLD
    closed = get_adapter().encrypt("seed")

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, []

    with pytest.raises(InvalidToken):
        get_adapter().decrypt(closed)
