from datetime import date

from accounts.models import User
from tests.factories.accounts import MemberFactory

DAY = date(2025, 6, 1)


def test_only_active_members_have_access(agency):
    MemberFactory(is_active=False)
    member = MemberFactory()

    assert list(User.objects.active()) == [member]


def test_not_everyone_carries_clients(agency):
    MemberFactory(is_carrying_clients=False)
    member = MemberFactory()

    assert list(User.objects.carrying_clients()) == [member]


def test_a_login_is_found_in_any_case(agency):
    member = MemberFactory(email="ada@agency.example")

    assert User.objects.get_by_natural_key("ADA@agency.example") == member


def test_a_member_is_called_by_name(agency):
    member = MemberFactory(name="Ada Lovelace")

    assert (str(member), member.get_full_name(), member.get_short_name()) == (
        "Ada Lovelace",
        "Ada Lovelace",
        "Ada",
    )


def test_sessions_signed_with_a_retired_key_are_known(agency, settings):
    member = MemberFactory()
    old_hash = member.get_session_auth_hash()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new key"

    assert list(member.get_session_auth_fallback_hash()) == [old_hash]
    assert member.get_session_auth_hash() != old_hash
