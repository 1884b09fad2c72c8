from datetime import UTC, date, datetime

import pytest
from time_machine import travel

from accounts.models import AgencySettings, AuditEvent
from clients.feedback.pulse import expires_on
from clients.feedback.services import CannotGivePulse, give_pulse
from clients.models import Change, SurveyResponse
from kpis.direct import people
from tests.factories.accounts import LeaderFactory, MemberFactory, ViewerFactory
from tests.factories.clients import AssignmentFactory, ClientFactory
from tests.kpis.asking import ask

NOW = datetime(2026, 6, 30, 15, tzinfo=UTC)
FORM = {"pulse-score": "8", "pulse-reason": "", "pulse-note": "They signed the plan."}


@pytest.fixture
def ana(agency):
    return MemberFactory(name="Ana")


@pytest.fixture
def client(ana):
    return AssignmentFactory(client=ClientFactory(name="Northern"), member=ana).client


@pytest.mark.parametrize(
    ("score", "day"), [(7, date(2026, 9, 28)), (1, date(2026, 7, 30)), (10, date(2026, 7, 30))]
)
def test_when_a_word_runs_out(score, day):
    assert expires_on(score=score, given_on=date(2026, 6, 30)) == day


def test_a_word_is_an_answer_to_a_pulse_about_the_client(ana, client):
    answer = give_pulse(by=ana, client=client, score=8, note=" They signed. ", now=NOW)

    assert (answer.survey.kind, answer.client, answer.member, answer.score) == ("pulse", client, ana, 8)
    assert answer.comment == "They signed."
    assert Change.objects.get().client == client
    assert AuditEvent.objects.get(action="pulse.give").changes == {"client": "Northern"}


def test_a_low_word_keeps_its_reason(ana, client):
    answer = give_pulse(by=ana, client=client, score=6, note="No answer", reason="people", now=NOW)

    assert answer.comment == "Their people change: No answer"


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"score": 6, "note": "Hm"}, "Below 7, choose a reason"),
        ({"score": 6, "note": "Hm", "reason": "luck"}, "Below 7, choose a reason"),
        ({"score": 8, "note": " "}, "Say in a sentence"),
        ({"score": 11, "note": "Sure"}, "from 1 to 10"),
        ({"score": 0, "note": "Sure"}, "from 1 to 10"),
    ],
)
def test_a_word_without_what_it_needs_is_refused(ana, client, about, words):
    with pytest.raises(CannotGivePulse, match=words):
        give_pulse(by=ana, client=client, now=NOW, **about)

    assert SurveyResponse.objects.count() == 0


def test_only_who_looks_after_the_client_may_say(client):
    with pytest.raises(CannotGivePulse, match="Only who looks after Northern"):
        give_pulse(by=LeaderFactory(), client=client, score=8, note="Sure", now=NOW)


def test_it_is_no_part_of_how_sure_an_account_manager_is_in_general(ana, client):
    give_pulse(by=ana, client=client, score=2, note="Bad", reason="results", now=NOW)

    assert people.compute(ask("2026-06", by="am"), ["am_confidence"])["am_confidence"] == {}


def test_the_form_stores_and_returns_to_the_client(sign_in, ana, client):
    browser = sign_in(ana)

    response = browser.post(f"/clients/{client.pk}/pulse/", FORM)

    assert (response.status_code, response.headers["Location"]) == (302, f"/clients/{client.pk}/")
    assert SurveyResponse.objects.get().score == 8


def test_from_the_dialog_the_page_is_read_again(sign_in, ana, client):
    response = sign_in(ana).post(f"/clients/{client.pk}/pulse/", FORM, headers={"HX-Request": "true"})

    assert (response.status_code, response.headers["HX-Refresh"]) == (200, "true")
    assert SurveyResponse.objects.get().score == 8


@pytest.mark.parametrize(
    "changed", [{"pulse-note": ""}, {"pulse-score": "5"}, {"pulse-score": "11"}, {"pulse-score": ""}]
)
def test_a_form_in_error_is_shown_again(sign_in, ana, client, changed):
    response = sign_in(ana).post(f"/clients/{client.pk}/pulse/", FORM | changed)

    assert response.status_code == 422
    assert SurveyResponse.objects.count() == 0


def test_a_colleague_cannot_say_and_a_viewer_may_not(sign_in, client):
    assert sign_in(MemberFactory()).post(f"/clients/{client.pk}/pulse/", FORM).status_code == 422
    assert sign_in(ViewerFactory()).post(f"/clients/{client.pk}/pulse/", FORM).status_code == 403
    assert SurveyResponse.objects.count() == 0


def test_where_portfolios_are_private_a_colleague_does_not_see_the_client(sign_in, client):
    AgencySettings.objects.update_or_create(pk=1, defaults={"is_portfolio_private": True})

    assert sign_in(MemberFactory()).get(f"/clients/{client.pk}/pulse/").status_code == 404


def test_the_page_says_until_when_a_word_counts(sign_in, ana, client):
    give_pulse(by=ana, client=client, score=8, note="They signed.", now=NOW)

    with travel(NOW, tick=False):
        page = sign_in(ana).get(f"/clients/{client.pk}/").content.decode()

    assert "Confidence 8 of 10 by Ana" in page
    assert "They signed." in page


def test_the_note_is_for_its_writer_and_who_leads(sign_in, ana, client):
    give_pulse(by=ana, client=client, score=8, note="They signed.", now=NOW)
    seen = {}

    for member in (
        MemberFactory(name="Colleague"),
        LeaderFactory(name="Leader"),
        ViewerFactory(name="Viewer"),
    ):
        with travel(NOW, tick=False):
            page = sign_in(member).get(f"/clients/{client.pk}/").content.decode()
        seen[member.name] = "They signed." in page

    assert seen == {"Colleague": False, "Leader": True, "Viewer": False}
