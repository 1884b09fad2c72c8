"""Settings of reviews: what those of a tier begin with, and who decides it."""

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from reports.models import QBRTemplate
from reports.qbr.draft import KEYS
from reports.qbr.tiers import services as template_services
from reports.qbr.tiers.services import CannotChangeTemplate
from reports.qbr.writing.drafting import draft_of
from tests.factories.accounts import LeaderFactory, MemberFactory, OwnerFactory
from tests.factories.clients import ClientFactory
from tests.reports.qbr.builder.drafts import make_draft

LIST = reverse("review_templates:template-list", urlconf="agencyam.urls")
CHANGE = reverse("review_templates:template-change", urlconf="agencyam.urls")


def form(**changes):
    places = {f"place_{key}": str(place) for place, key in enumerate(KEYS, start=1)}
    shown = {f"shown_{key}": "on" for key in ("cover", *KEYS)}
    plain = {
        "paper": "a4",
        "language": "en",
        "send_after_business_days": "5",
        "checklist": "Read it\n\n Read  it \nCall",
    }
    return {**places, **shown, **plain, **changes}


def without(data, *names):
    return {name: value for name, value in data.items() if name not in names}


def test_the_next_draft_of_the_tier_begins_as_the_template_says(sign_in, agency):
    gold = ClientFactory(name="Golden", tier="Gold")
    data = without(form(place_voice="1", paper="letter", language="de"), "shown_risks")

    answer = sign_in(LeaderFactory()).post(f"{CHANGE}?tier=Gold", data)

    draft = make_draft(gold)
    sections = draft_of(draft).sections
    assert (answer.status_code, answer.url) == (302, LIST)
    assert [section.key for section in sections][:2] == ["summary", "voice"]
    assert [section.key for section in sections if not section.is_shown] == ["risks"]
    assert (draft.paper, draft.language) == ("letter", "de")
    assert [row["text"] for row in draft.checklist] == ["Read it", "Call"]
    event = AuditEvent.objects.get(action="qbrtemplate.save")
    assert event.changes["paper"] == ["a4", "letter"]


def test_tiers_without_a_template_use_that_of_all_others(sign_in, agency):
    ClientFactory(tier="Gold")
    browser = sign_in(OwnerFactory())
    browser.post(CHANGE, without(form(), "shown_risks"))

    page = browser.get(LIST).content.decode()

    assert "12 of 13" in page
    assert "As every other tier" in page
    assert [
        section.key
        for section in draft_of(make_draft(ClientFactory(tier="Gold"))).sections
        if not section.is_shown
    ] == ["risks"]


def test_reviews_of_a_tier_can_do_without_a_cover(sign_in, agency):
    gold = ClientFactory(tier="Gold")
    browser = sign_in(LeaderFactory())

    browser.post(f"{CHANGE}?tier=Gold", without(form(), "shown_cover"))

    page = browser.get(f"{CHANGE}?tier=Gold").content.decode()
    assert draft_of(make_draft(gold)).has_cover is False
    assert draft_of(make_draft(ClientFactory())).has_cover is True
    assert '<input type="checkbox" name="shown_cover" id="id_shown_cover">' in page
    assert "12 of 13" in browser.get(LIST).content.decode()


def test_who_may_approve_their_own_is_decided_by_owners_only(sign_in, agency):
    leader, owner = LeaderFactory(), OwnerFactory()

    shown = "is_own_approval_allowed" in sign_in(leader).get(CHANGE).content.decode()
    sign_in(leader).post(CHANGE, form(is_own_approval_allowed="on"))
    after_leader = QBRTemplate.objects.get().is_own_approval_allowed
    sign_in(owner).post(CHANGE, form(is_own_approval_allowed="on"))

    assert (shown, after_leader) == (False, False)
    assert QBRTemplate.objects.get().is_own_approval_allowed
    with pytest.raises(CannotChangeTemplate):
        template_services.save_template(tier="", choices={"is_own_approval_allowed": False}, by=leader)


@pytest.mark.parametrize(
    "data",
    [
        form(place_voice=""),
        form(send_after_business_days="41"),
        form(paper="a3"),
        without(form(), *(f"shown_{key}" for key in KEYS)),
        form(checklist="x" * 301),
    ],
)
def test_what_no_review_can_begin_with_is_refused(sign_in, agency, data):
    answer = sign_in(LeaderFactory()).post(CHANGE, data)

    assert answer.status_code == 422
    assert QBRTemplate.objects.count() == 0


def test_account_managers_do_not_decide_it_and_other_tiers_are_none(sign_in, agency):
    assert sign_in(MemberFactory()).get(LIST).status_code == 403
    assert sign_in(LeaderFactory()).get(f"{CHANGE}?tier=Platinum").status_code == 404
