from accounts import selectors
from tests.factories.accounts import MemberFactory


def test_members_with_access_come_first(agency):
    gone = MemberFactory(name="Ada", is_active=False)
    zoe = MemberFactory(name="Zoe")
    ben = MemberFactory(name="Ben")

    assert list(selectors.list_members()) == [ben, zoe, gone]


def test_a_member_is_found_by_address_in_any_case(agency):
    member = MemberFactory(email="ada@agency.example")

    assert selectors.find_member_by_email(" ADA@agency.example ") == member


def test_an_unknown_address_finds_nobody(agency):
    MemberFactory()

    assert selectors.find_member_by_email("zoe@agency.example") is None
