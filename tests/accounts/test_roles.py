from accounts.roles import PERMISSION_DESCRIPTIONS, ROLES, Permission, Role, permissions_of


def test_every_permission_says_what_it_allows():
    assert set(PERMISSION_DESCRIPTIONS) == set(Permission)


def test_a_permission_describes_itself():
    assert Permission.TOUCHPOINT_LOG.description == "Log touchpoints, and cancel one's own"


def test_every_role_is_defined():
    assert set(ROLES) == set(Role)


def test_an_owner_may_do_everything():
    assert permissions_of(Role.OWNER) == frozenset(Permission)


def test_a_viewer_changes_nothing_but_their_own_settings():
    words = {"view", "change"}
    changing = {permission for permission in permissions_of(Role.VIEWER) if not permission.endswith(".view")}

    assert words >= {permission.split(".")[1] for permission in permissions_of(Role.VIEWER)}
    assert changing == {Permission.OWN_SETTINGS_CHANGE}


def test_roles_grow_by_steps():
    viewer, manager, leader, owner = (
        permissions_of(role) for role in (Role.VIEWER, Role.ACCOUNT_MANAGER, Role.LEADER, Role.OWNER)
    )

    assert viewer < manager < leader < owner


def test_an_unknown_role_has_no_permission():
    assert permissions_of("intern") == frozenset()
