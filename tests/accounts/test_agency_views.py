"""The agency's own page, its logo, and the index of settings."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import AuditEvent
from accounts.selectors import get_settings
from accounts.services.settings import update_settings
from clients.models import Change
from tests.factories.accounts import LeaderFactory, MemberFactory, OwnerFactory

AGENCY = "/settings/agency/"
DATA = {
    "name": "Northwind",
    "heading_font": "plex_serif",
    "brand_color": "#0f4c81",
    "accent_color": "#b45309",
    "time_zone": "UTC",
    "currency": "EUR",
    "locale": "en_GB",
    "freeze_business_day": "5",
}


def picture(content: bytes | None = None) -> SimpleUploadedFile:
    output = io.BytesIO()
    Image.new("RGB", (4, 2), "red").save(output, "PNG")
    return SimpleUploadedFile("logo.png", content or output.getvalue(), content_type="image/png")


def test_settings_are_saved_and_recorded(sign_in):
    owner = OwnerFactory()

    response = sign_in(owner).post(
        AGENCY, DATA | {"name": "North & Co", "is_portfolio_private": "on", "freeze_business_day": "8"}
    )

    settings = get_settings()
    assert (response.status_code, response["Location"]) == (302, AGENCY)
    assert (settings.name, settings.is_portfolio_private, settings.freeze_business_day) == (
        "North & Co",
        True,
        8,
    )
    assert AuditEvent.objects.filter(action="settings.update").latest("pk").actor == owner


def test_page_says_who_changed_it_last(sign_in):
    owner = OwnerFactory(name="Olga")
    update_settings(by=owner, name="North & Co")

    page = sign_in(owner).get(AGENCY)

    assert page.context["last"].actor == owner


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"brand_color": "blue"}, "brand_color"),
        ({"time_zone": "Mars/North"}, "time_zone"),
        ({"currency": "XXX"}, "currency"),
        ({"freeze_business_day": "21"}, "freeze_business_day"),
        ({"logo": picture(b"no picture")}, "logo"),
        ({"logo": picture(b"0" * (2 * 1024 * 1024 + 1))}, "logo"),
    ],
)
def test_form_in_error_is_shown_again(sign_in, changed, field):
    response = sign_in(OwnerFactory()).post(AGENCY, DATA | changed)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert get_settings().logo is None


def test_logo_is_drawn_anew_and_shown(sign_in):
    browser = sign_in(OwnerFactory())

    browser.post(AGENCY, DATA | {"logo": picture()})
    answer = browser.get("/settings/agency/logo/")

    assert answer["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (4, 2)


def test_saving_without_a_picture_keeps_the_logo(sign_in):
    browser = sign_in(OwnerFactory())
    browser.post(AGENCY, DATA | {"logo": picture()})

    browser.post(AGENCY, DATA)

    assert get_settings().logo


def test_logo_is_removed(sign_in):
    browser = sign_in(OwnerFactory())
    browser.post(AGENCY, DATA | {"logo": picture()})

    browser.post(AGENCY, DATA | {"has_no_logo": "on"})

    assert get_settings().logo is None
    assert browser.get("/settings/agency/logo/").status_code == 404


def test_another_currency_is_told_about_all_days(sign_in):
    sign_in(OwnerFactory()).post(AGENCY, DATA | {"currency": "USD"})

    assert list(Change.objects.values_list("client", "first_on", "label")) == [
        (None, None, "The agency's currency")
    ]


def test_leader_changes_no_agency(sign_in):
    assert sign_in(LeaderFactory()).get(AGENCY).status_code == 403


@pytest.mark.parametrize(
    ("factory", "labels"),
    [
        (OwnerFactory, ["Agency", "Members", "Teams", "How numbers are counted", "Targets", "Reviews"]),
        (MemberFactory, ["Members", "Teams", "How numbers are counted", "Targets"]),
    ],
)
def test_index_lists_what_one_may_open(sign_in, factory, labels):
    sections = sign_in(factory()).get("/settings/").context["sections"]

    assert [section.label for section in sections] == labels
