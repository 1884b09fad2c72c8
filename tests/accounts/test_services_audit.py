from datetime import date
from threading import Thread

from django.db import connection, transaction

from accounts.models import AuditEvent
from accounts.selectors import find_broken_audit_link
from accounts.services import audit
from agencyam.logs import request_id
from agencyam.tenancy.context import tenant_context
from tests.factories.accounts import MemberFactory


def test_a_record_says_who_did_what_to_what(agency):
    member = MemberFactory(name="Ada")

    event = audit.record(by=member, action="member.greet", target=member, changes={"on": date(2025, 1, 1)})

    stored = AuditEvent.objects.get(pk=event.pk)
    assert (stored.actor, stored.action) == (member, "member.greet")
    assert (stored.target_type, stored.target_id, stored.target_label) == (
        "accounts.user",
        str(member.pk),
        "Ada",
    )
    assert stored.changes == {"on": "2025-01-01"}


def test_a_record_reads_as_its_action_and_target(agency):
    member = MemberFactory(name="Ada")

    assert str(audit.record(by=None, action="member.greet", target=member)) == "member.greet Ada"


def test_a_record_carries_the_request_it_came_from(agency):
    token = request_id.set("abc123")

    event = audit.record(by=None, action="agency.open")

    request_id.reset(token)
    assert event.request_id == "abc123"


def test_a_record_outside_a_request_carries_no_request(agency):
    assert audit.record(by=None, action="agency.open").request_id == ""


def test_records_form_a_chain(agency):
    first = audit.record(by=None, action="agency.open")
    second = audit.record(by=None, action="agency.close")

    assert second.prev_hash == first.hash
    assert find_broken_audit_link() is None


def test_a_forged_row_breaks_the_chain(agency):
    audit.record(by=None, action="agency.open")
    forged = audit.record(by=None, action="agency.close")
    audit.record(by=None, action="agency.open")

    _behind_the_triggers_back("UPDATE accounts_auditevent SET action = 'x.y' WHERE id = %s", forged.pk)

    assert find_broken_audit_link() == forged


def test_a_missing_row_breaks_the_chain(agency):
    audit.record(by=None, action="agency.open")
    removed = audit.record(by=None, action="agency.close")
    after = audit.record(by=None, action="agency.open")

    _behind_the_triggers_back("DELETE FROM accounts_auditevent WHERE id = %s", removed.pk)

    assert find_broken_audit_link() == after


def test_a_record_is_undone_with_its_transaction(agency):
    before = AuditEvent.objects.count()

    with transaction.atomic():
        audit.record(by=None, action="agency.open")
        transaction.set_rollback(True)

    assert AuditEvent.objects.count() == before


def test_only_fields_that_differ_are_changes():
    changes = audit.changed_fields({"name": "A", "tier": "gold"}, {"name": "B", "tier": "gold"})

    assert changes == {"name": ["A", "B"]}


def test_writers_at_once_keep_one_chain(scratch_agency):
    def write():
        with tenant_context(scratch_agency):
            for _ in range(10):
                audit.record(by=None, action="agency.open")
        connection.close()

    writers = [Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    with tenant_context(scratch_agency):
        assert AuditEvent.objects.filter(action="agency.open").count() == 40
        assert find_broken_audit_link() is None


def _behind_the_triggers_back(sql: str, pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_auditevent DISABLE TRIGGER auditevent_append_only")
        cursor.execute(sql, [pk])
        cursor.execute("ALTER TABLE accounts_auditevent ENABLE TRIGGER auditevent_append_only")
