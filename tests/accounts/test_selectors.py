from accounts import selectors
from tests.factories.accounts import MemberFactory


def test_members_with_access_come_first(agency):
    gone = MemberFactory(name="Ada", is_active=False)
    zoe = MemberFactory(name="Zoe")
    ben = MemberFactory(name="Ben")

    assert list(selectors.list_members()) == [ben, zoe, gone]
