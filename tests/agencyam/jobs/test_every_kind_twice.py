"""Catalogue row J1: each kind of job, run twice or by two workers at once, does its work once."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from accounts.models import AgencySettings, AuditEvent, OutboxEmail
from accounts.selectors import get_settings
from agencyam.jobs import outbox, runner, services
from agencyam.jobs.models import Job
from agencyam.jobs.registry import get_kind, list_kinds
from agencyam.periods import month_of, quarter_of
from agencyam.tenancy.context import tenant_context
from agencyam.tenancy.models import Agency
from clients.changes.services import note_change
from clients.models import Change, Client, Message
from kpis.frozen.services import freeze_month
from kpis.models import (
    Alert,
    AlertNotice,
    AlertSubscription,
    FrozenFigure,
    FrozenMonth,
    KPIValue,
    Restatement,
)
from reports.models import QBR, QBRBatchItem, QBRPreview, QBRTemplate
from reports.qbr.builder import proofs
from reports.qbr.planning import batches
from reports.qbr.stages import services as stages
from tests.agencyam.jobs import kinds
from tests.catalogue import report
from tests.factories.accounts import LeaderFactory, MemberFactory
from tests.factories.clients import ClientFactory, ContractLineFactory, TouchpointFactory
from tests.kpis.alerts.news import ask as wait_for_a_reply
from tests.kpis.alerts.news import listener, subscribe
from tests.kpis.storing import compute_and_store
from tests.smtp import Recorder, smtp_server

assert kinds
TODAY = timezone.localdate()


@dataclass(frozen=True)
class Recipe:
    """How to ask for a job of a kind, and what it leaves behind, without ids and times."""

    kind: str
    of: str
    ask: Callable[[str], Job]
    result: Callable[[Job], Any]

    @property
    def name(self) -> str:
        return f"{self.kind} of {self.of}"


def ask_for_mail(key: str, *, is_client_mail: bool) -> Job:
    about = {"to": "a@b.example", "subject": "Hello", "text": "Text."}
    mail = outbox.post(key=key, is_client_mail=is_client_mail, may_repeat=not is_client_mail, **about)
    return Job.objects.get(kind="mail.send", payload__outbox_id=mail.pk)


def ask_for_the_night(key: str) -> Job:
    KPIValue.objects.all().delete()
    payload = {"day": str(TODAY)}
    return services.enqueue(kind="kpis.compute_nightly", period_key=key, payload=payload)


def ask_for_fresh_numbers(key: str) -> Job:
    KPIValue.objects.all().delete()
    now = timezone.now()
    compute_and_store(period=month_of(TODAY), as_of=TODAY, by="agency", now=now)
    note_change(
        area=Change.Area.TOUCHPOINTS, by=None, client_id=ClientFactory().pk, first_on=TODAY, last_on=TODAY
    )
    return services.enqueue(kind="kpis.refresh", period_key=key)


def forget_frozen_months() -> None:
    """Only so: the database lets nobody change what was reported."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE kpis_frozenmonth CASCADE")


def ask_for_the_freeze(key: str) -> Job:
    forget_frozen_months()
    client = ClientFactory()
    before = month_of(TODAY).previous()
    Client.objects.exclude(pk=client.pk).update(created_at=client.created_at)
    Client.objects.filter(pk=client.pk).update(created_at=client.created_at - timedelta(days=TODAY.day))
    day = before.end + timedelta(days=27)
    return services.enqueue(kind="kpis.freeze_months", period_key=key, payload={"day": str(day)})


def ask_for_restatements(key: str) -> Job:
    forget_frozen_months()
    now, before = timezone.now(), month_of(TODAY).previous()
    freeze_month(month=before, today=before.end, now=now, by=None, settings=get_settings())
    line = ContractLineFactory(amount=100, starts_on=before.start)
    note_change(area=Change.Area.CONTRACTS, by=None, client_id=line.client_id, first_on=before.start)
    return services.enqueue(
        kind="kpis.notice_restatements", period_key=key, payload={"since": now.isoformat()}
    )


def ask_for_numbers_since(key: str) -> Job:
    KPIValue.objects.all().delete()
    compute_and_store(period=month_of(TODAY), as_of=TODAY, by="agency", now=timezone.now())
    payload = {"since": str(TODAY)}
    return services.enqueue(kind="kpis.recompute_since", period_key=key, payload=payload)


def ask_for_a_review(key: str) -> Job:
    period, now = quarter_of(TODAY).previous(), timezone.now()
    draft = stages.create_draft(client=ClientFactory(name="Same name"), period=period, by=None, today=TODAY)
    stages.submit_for_review(qbr=draft, by=None, now=now)
    stages.approve(qbr=draft, by=LeaderFactory(), now=now)
    return Job.objects.filter(kind="reports.render_qbr").latest("pk")


def ask_for_a_preview(key: str) -> Job:
    period, now = quarter_of(TODAY).previous(), timezone.now()
    draft = stages.create_draft(client=ClientFactory(name="Same name"), period=period, by=None, today=TODAY)
    proofs.ask_for_preview(qbr=draft, by=MemberFactory(), now=now)
    return Job.objects.filter(kind="reports.preview_qbr").latest("pk")


def ask_for_a_draft(key: str) -> Job:
    period = quarter_of(TODAY).previous()
    batches.start_batch(period=period, clients=[ClientFactory()], by=MemberFactory(), today=TODAY)
    return Job.objects.filter(kind="reports.draft_qbr").latest("pk")


def ask_for_drafts_that_are_due(key: str) -> Job:
    """Of one more client, so that each time there is one to make."""
    QBRTemplate.objects.get_or_create(
        tier="scheduled", defaults={"is_scheduled": True, "send_after_business_days": 1}
    )
    client = ClientFactory(tier="scheduled")
    ContractLineFactory(client=client, starts_on=quarter_of(TODAY).previous().start)
    return services.enqueue(kind="reports.draft_due_qbrs", period_key=key, payload={"day": str(TODAY)})


def mail_left(job: Job) -> Any:
    return OutboxEmail.objects.values_list("state", "error").get(pk=job.payload["outbox_id"])


def numbers_left(job: Job) -> Any:
    own = ("id", "computed_at")
    names = [field.name for field in KPIValue._meta.fields if field.name not in own]
    key = ("kpi", "by", "slice_key", "period_start", "period_end")
    return list(KPIValue.objects.order_by(*key).values_list(*names))


def months_left(job: Job) -> Any:
    return list(FrozenMonth.objects.values_list("starts_on")), FrozenFigure.objects.filter(
        by="agency"
    ).count()


def restatements_left(job: Job) -> Any:
    told = Restatement.objects.filter(kpi="mrr", by="agency")
    return [row.new_value - row.old_value for row in told]


def review_left(job: Job) -> Any:
    qbr = QBR.objects.get(pk=job.payload["qbr_id"])
    return qbr.status, qbr.pages, qbr.error, bytes(qbr.pdf)[:5] if qbr.pdf else None


def preview_left(job: Job) -> Any:
    preview = QBRPreview.objects.get(pk=job.payload["preview_id"])
    return preview.pages, preview.error, bytes(preview.pdf)[:5] if preview.pdf else None


def draft_left(job: Job) -> Any:
    item = QBRBatchItem.objects.get(pk=job.payload["item_id"])
    return item.is_new, item.error, QBR.objects.filter(client=item.client_id).count()


def drafts_left(job: Job) -> Any:
    return list(QBR.objects.filter(client=Client.objects.latest("pk")).values_list("stage", "version"))


def ask_for_alerts(key: str) -> Job:
    Alert.objects.all().delete()
    Message.objects.all().delete()
    now = timezone.now()
    if not AlertSubscription.objects.exists():
        subscribe(listener(), "late_reply", delivery="at_once")
    wait_for_a_reply(ClientFactory(), now - timedelta(hours=9))
    return services.enqueue(kind="kpis.watch_alerts", period_key=key, payload={"at": now.isoformat()})


def alerts_left(job: Job) -> Any:
    notices = AlertNotice.objects.values_list("alert__rule", "alert__ended_at", "done_at")
    mails = OutboxEmail.objects.filter(key__in=AlertNotice.objects.values("mailed_key"))
    return list(notices), mails.count()


def ask_to_clear_sessions(key: str) -> Job:
    for pk, ends_at in (
        ("ended", timezone.now() - timedelta(hours=1)),
        ("open", timezone.now() + timedelta(hours=1)),
    ):
        Session.objects.update_or_create(pk=pk, defaults={"session_data": "", "expire_date": ends_at})
    return services.enqueue(kind="accounts.clear_sessions", period_key=key, payload={})


def sessions_left(job: Job) -> Any:
    return list(Session.objects.order_by("pk").values_list("pk", flat=True))


RECIPES = (
    Recipe("accounts.clear_sessions", "a night", ask_to_clear_sessions, sessions_left),
    Recipe("mail.send", "a client", partial(ask_for_mail, is_client_mail=True), mail_left),
    Recipe("mail.send", "a member", partial(ask_for_mail, is_client_mail=False), mail_left),
    Recipe("kpis.compute_nightly", "a night", ask_for_the_night, numbers_left),
    Recipe("kpis.refresh", "a change", ask_for_fresh_numbers, numbers_left),
    Recipe("kpis.recompute_since", "a day", ask_for_numbers_since, numbers_left),
    Recipe("kpis.freeze_months", "a month", ask_for_the_freeze, months_left),
    Recipe("kpis.notice_restatements", "a correction", ask_for_restatements, restatements_left),
    Recipe("reports.render_qbr", "a quarter", ask_for_a_review, review_left),
    Recipe("reports.preview_qbr", "a draft", ask_for_a_preview, preview_left),
    Recipe("reports.draft_qbr", "a client of a batch", ask_for_a_draft, draft_left),
    Recipe("kpis.watch_alerts", "a minute", ask_for_alerts, alerts_left),
    Recipe("reports.draft_due_qbrs", "a quarter that is over", ask_for_drafts_that_are_due, drafts_left),
)


def own_kinds() -> set[str]:
    """All registered kinds but those that only tests have."""
    return {kind.name for kind in list_kinds() if not kind.name.startswith("test.")}


@pytest.fixture
def mail_server(settings):
    with smtp_server() as (recorder, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield recorder


def run(job: Job) -> str:
    return runner.run(job_id=job.pk, now=timezone.now() + timedelta(seconds=1))


def once(job: Job) -> list[str]:
    return [run(job)]


def two_messages(job: Job) -> list[str]:
    """The queue delivers the hint twice, one after the other."""
    return [run(job), run(job)]


def work_done_again(job: Job) -> list[str]:
    """The worker dies after the work and before it is noted: the next attempt does the work again."""
    outcomes = [run(job)]
    Job.objects.filter(pk=job.pk).update(status=Job.Status.QUEUED)
    return [*outcomes, run(job)]


def together(number: int, work: Callable[[], object]) -> None:
    """Do the same in so many threads, from the same moment on."""
    barrier = threading.Barrier(number)

    def start() -> None:
        barrier.wait()
        work()
        connection.close()

    threads = [threading.Thread(target=start) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def two_workers(job: Job) -> list[str]:
    """Two workers get the hint at the same moment."""
    outcomes: list[str] = []
    together(2, lambda: outcomes.append(run(job)))
    return sorted(outcomes)


WAYS = {
    once: ["done"],
    two_messages: ["done", "not ours"],
    work_done_again: ["done", "done"],
    two_workers: ["done", "not ours"],
}


def test_every_kind_has_a_recipe():
    assert {recipe.kind for recipe in RECIPES} == own_kinds()


def effects(mail_server: Recorder) -> dict[str, int]:
    """What a job may do beside its own rows: mails sent, mails and jobs written, lines of the trail."""
    return {
        "sent": len(mail_server.messages),
        "mails": OutboxEmail.objects.count(),
        "jobs": Job.objects.count(),
        "trail": AuditEvent.objects.count(),
        "reviews": QBR.objects.count(),
    }


def differences(recipe: Recipe, agency: Agency, mail_server: Recorder) -> list[tuple]:
    """The ways whose outcomes, end state or effects differ from a single run."""
    found, expected = [], None
    for way, outcomes in WAYS.items():
        with tenant_context(agency):
            job = recipe.ask(f"{recipe.name}:{way.__name__}")
            before = effects(mail_server)
        ran = way(job)
        with tenant_context(agency):
            after = effects(mail_server)
            left = recipe.result(job), {name: after[name] - before[name] for name in after}
        expected = expected or left
        if (ran, left) != (outcomes, expected):
            found.append((recipe.name, way.__name__, ran, left[1], expected[1]))
    return found


def test_a_kind_that_is_not_safe_to_run_twice_is_noticed(scratch_agency, mail_server):
    def ask(key: str) -> Job:
        AgencySettings.objects.update(name="Scratch")
        return services.enqueue(kind="test.count", period_key=key)

    careless = Recipe("test.count", "a counter", ask, lambda job: AgencySettings.objects.get_solo().name)

    found = differences(careless, scratch_agency, mail_server)

    assert [way for _, way, *_ in found] == ["work_done_again"]


def test_j1_every_kind_twice_and_in_parallel(scratch_agency, mail_server):
    with tenant_context(scratch_agency):
        TouchpointFactory(client=ContractLineFactory().client)

    found = [each for recipe in RECIPES for each in differences(recipe, scratch_agency, mail_server)]

    done = {recipe.kind for recipe in RECIPES}
    ways = [way.__name__ for way in WAYS]
    report("J1", ok=not found, kinds=len(done), of=len(own_kinds()), ways=ways, differences=found)


@pytest.mark.parametrize("is_client_mail", [True, False])
def test_j1_many_hands_on_one_mail_send_it_once(scratch_agency, mail_server, is_client_mail):
    """Workers that were too slow and their successors hold a mail at once, past the fence of the job."""
    rounds, hands, states = 10, 4, []

    for number in range(rounds):
        with tenant_context(scratch_agency):
            job = ask_for_mail(f"many:{number}", is_client_mail=is_client_mail)
        together(hands, lambda payload=job.payload: send(scratch_agency, payload))
        with tenant_context(scratch_agency):
            states.append(OutboxEmail.objects.get(pk=job.payload["outbox_id"]).state)

    messages = Counter(message["Message-ID"] for message in mail_server.messages)
    doubles = sum(messages.values()) - len(messages)
    # A member's mail may go out again when it was found half sent; a client's never does.
    ok = len(messages) == rounds and set(states) <= {"sent", "unknown"} and not (is_client_mail and doubles)
    about = {"mails": rounds, "hands": hands, "is_client_mail": is_client_mail}
    report("J1", ok=ok, **about, doubles=doubles, unknown=states.count("unknown"))


def send(agency: Agency, payload: dict[str, Any]) -> None:
    with tenant_context(agency):
        get_kind("mail.send").handler(**payload)
