import pytest
from django.test import Client as Browser

from accounts.models import AuditEvent
from accounts.services import members
from tests.factories.accounts import PASSWORD, MemberFactory, OwnerFactory, ViewerFactory

HOST = "northwind.localhost"


def another_browser(member):
    """A second device on which the member is signed in."""
    browser = Browser(headers={"host": HOST}, SERVER_NAME=HOST)
    browser.force_login(member)
    return browser


def is_signed_in(browser):
    return browser.get("/settings/").status_code == 200


def test_own_settings_show_what_is_stored(sign_in):
    response = sign_in(MemberFactory(theme="dark")).get("/settings/")

    assert response.status_code == 200
    assert response.context["form"].initial == {"theme": "dark", "has_single_keys": True}


def test_own_settings_need_a_sign_in(browser):
    response = browser.get("/settings/")

    assert (response.status_code, response["Location"]) == (302, "/account/login/?next=/settings/")


def test_a_viewer_has_own_settings_too(sign_in):
    assert is_signed_in(sign_in(ViewerFactory()))


def test_own_settings_are_saved(sign_in):
    member = MemberFactory()

    response = sign_in(member).post("/settings/", {"theme": "light"})

    member.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, "/settings/")
    assert (member.theme, member.has_single_keys) == ("light", False)


def test_a_wrong_theme_is_shown_as_an_error(sign_in):
    member = MemberFactory()

    response = sign_in(member).post("/settings/", {"theme": "sepia"})

    member.refresh_from_db()
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["theme"]
    assert member.theme == "system"


def test_a_wrong_theme_in_a_fragment_answers_with_the_form_alone(sign_in):
    response = sign_in(MemberFactory()).post("/settings/", {"theme": "sepia"}, headers={"HX-Request": "true"})

    assert response.status_code == 422
    assert response.content.strip().startswith(b'<form class="form" id="own-settings-form"')


def test_another_field_is_no_setting(sign_in):
    member = MemberFactory()

    sign_in(member).post("/settings/", {"theme": "light", "role": "owner", "email": "x@y.example"})

    member.refresh_from_db()
    assert (member.role, member.email) == ("account_manager", MemberFactory._meta.model.objects.get().email)


def test_the_menu_marks_the_page_one_is_on(sign_in):
    response = sign_in(MemberFactory()).get("/settings/")

    current = [item.label for item in response.context["navigation"] if item.is_current]
    assert current == ["Settings"]


def test_the_menu_offers_what_a_role_may_open(sign_in):
    response = sign_in(ViewerFactory()).get("/settings/")

    labels = [item.label for item in response.context["navigation"]]
    assert labels == ["My day", "Clients", "Alerts", "KPIs", "Reviews", "Settings"]


def test_signing_out_elsewhere_ends_every_other_session(sign_in):
    member = MemberFactory()
    here = sign_in(member)
    there = another_browser(member)

    response = here.post("/settings/sessions/end/")

    assert (response.status_code, response["Location"]) == (302, "/settings/")
    assert (is_signed_in(here), is_signed_in(there)) == (True, False)


def test_signing_out_elsewhere_leaves_other_members_alone(sign_in):
    colleague = another_browser(MemberFactory())

    sign_in(MemberFactory()).post("/settings/sessions/end/")

    assert is_signed_in(colleague)


def test_signing_out_elsewhere_is_no_link(sign_in):
    assert sign_in(MemberFactory()).get("/settings/sessions/end/").status_code == 405


def test_signing_out_elsewhere_needs_a_sign_in(browser):
    response = browser.post("/settings/sessions/end/")

    assert response.status_code == 302
    assert AuditEvent.objects.filter(action="member.end_sessions").count() == 0


def test_a_deactivated_member_is_out_on_every_device(sign_in):
    member = MemberFactory()
    here, there = sign_in(member), another_browser(member)
    assert (is_signed_in(here), is_signed_in(there)) == (True, True)

    members.deactivate_member(by=OwnerFactory(), member=member)

    assert (is_signed_in(here), is_signed_in(there)) == (False, False)


def test_a_member_who_comes_back_signs_in_anew(sign_in):
    member = MemberFactory()
    browser = sign_in(member)

    members.deactivate_member(by=OwnerFactory(), member=member)
    members.reactivate_member(by=OwnerFactory(), member=member)

    assert not is_signed_in(browser)


def test_an_inactive_member_is_out_even_if_only_the_row_says_so(sign_in):
    member = MemberFactory()
    browser = sign_in(member)
    type(member).objects.filter(pk=member.pk).update(is_active=False)

    assert not is_signed_in(browser)


@pytest.mark.parametrize("role_change", ["viewer", "owner"])
def test_a_changed_role_keeps_the_session(sign_in, role_change):
    member = MemberFactory()
    browser = sign_in(member)

    members.change_role(by=OwnerFactory(), member=member, role=role_change)

    assert is_signed_in(browser)


def test_a_new_password_ends_every_other_session(sign_in):
    member = MemberFactory()
    here, there = sign_in(member), another_browser(member)
    fresh = "another long pass phrase"

    here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh})

    member.refresh_from_db()
    assert member.check_password(fresh)
    assert not is_signed_in(there)
