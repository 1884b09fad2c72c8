"""Catalogue rows T2 to T6: nothing reads or writes another agency's rows, whatever fails."""

import random
import threading

import pytest
from django.apps import apps
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.utils import DatabaseError
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from agencyam.tenancy.backend.base import DatabaseWrapper
from agencyam.tenancy.canary.models import Canary
from agencyam.tenancy.context import NoTenant, current_agency, nobody_bound, tenant_context
from agencyam.tenancy.fleet import for_each_agency
from agencyam.tenancy.guard import tenant_tables
from agencyam.tenancy.models import Agency
from tests.catalogue import report


@pytest.fixture
def both(committed_db):
    return list(Agency.objects.filter(slug__in=["northwind", "harbour"]).order_by("slug"))


def test_t2_threads_never_read_another_agency(both):
    wrong, reads, lock = 0, 0, threading.Lock()

    def work(seed: int) -> None:
        nonlocal wrong, reads
        dice = random.Random(seed)
        for _ in range(500):
            outer, inner = dice.choice(both), dice.choice(both)
            misses = 0
            try:
                with tenant_context(outer):
                    with tenant_context(inner):
                        misses += Canary.objects.get().schema_name != inner.schema_name
                        if dice.random() < 0.1:
                            raise LookupError
                    misses += Canary.objects.get().schema_name != outer.schema_name
            except LookupError:
                misses += connection.schema_name != "public"
            with lock:
                wrong, reads = wrong + misses, reads + 2
        connection.close()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    report("T2", ok=wrong == 0 and reads == 16_000, wrong=wrong, reads=reads)


def test_t2_agency_itself_is_no_context_manager(both):
    with pytest.raises(TypeError, match="tenant_context"), both[0]:
        pass


def test_tenant_context_works_once(both):
    context = tenant_context(both[0])
    with context:
        pass

    with pytest.raises(RuntimeError, match="once"):
        context.__enter__()


def test_tenant_context_refuses_to_open_inside_a_transaction(both):
    context = tenant_context(both[0])

    with transaction.atomic(), pytest.raises(RuntimeError, match="tenant_context, then atomic"):
        context.__enter__()


class FailingCursor:
    """Stands before the driver's cursor and breaks one `SET search_path`."""

    def __init__(self, cursor, countdown):
        self._cursor, self._countdown = cursor, countdown

    def execute(self, sql, *args, **kwargs):
        if "search_path" in str(sql):
            self._countdown[0] -= 1
            if self._countdown[0] == 0:
                raise OperationalError("planted")
        return self._cursor.execute(sql, *args, **kwargs)

    def __getattr__(self, name):
        return getattr(self._cursor, name)


@pytest.mark.parametrize("is_atomic", [False, True])
def test_t3_a_failed_search_path_stops_the_query(both, is_atomic, monkeypatch):
    foreign = raised = 0
    handle = DatabaseWrapper._handle_search_path

    for nth in range(1, 51):
        countdown = [nth]

        def planted(self, cursor=None, countdown=countdown):
            return handle(self, FailingCursor(cursor, countdown) if cursor is not None else None)

        monkeypatch.setattr(DatabaseWrapper, "_handle_search_path", planted)
        for turn in range(60):
            agency = both[turn % 2]
            try:
                with tenant_context(agency):
                    if is_atomic:
                        with transaction.atomic():
                            foreign += Canary.objects.get().schema_name != agency.schema_name
                    else:
                        foreign += Canary.objects.get().schema_name != agency.schema_name
            except DatabaseError:
                raised += 1
        monkeypatch.undo()
        with tenant_context(both[0]):
            assert Canary.objects.get().schema_name == both[0].schema_name

    report("T3", ok=foreign == 0 and raised == 50, foreign=foreign, raised=raised, atomic=is_atomic)


def test_t3_cancelled_statements_never_answer_from_elsewhere(both):
    stop, foreign, errors, reads = threading.Event(), 0, 0, 0
    main_pid = []

    def storm() -> None:
        dice = random.Random(7)
        while not stop.is_set():
            if main_pid:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_cancel_backend(%s)", [main_pid[0]])
            stop.wait(dice.random() * 0.004)
        connection.close()

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        main_pid.append(cursor.fetchone()[0])
    thread = threading.Thread(target=storm)
    thread.start()
    try:
        for turn in range(1500):
            agency = both[turn % 2]
            try:
                with tenant_context(agency):
                    foreign += Canary.objects.get().schema_name != agency.schema_name
                    reads += 1
                if connection.connection is None or turn % 100 == 0:
                    with connection.cursor() as cursor:
                        cursor.execute("SELECT pg_backend_pid()")
                        main_pid[0] = cursor.fetchone()[0]
            except DatabaseError:
                errors += 1
    finally:
        stop.set()
        thread.join()

    report(
        "T3",
        ok=foreign == 0 and reads > 0,
        foreign=foreign,
        reads=reads,
        errors=errors,
        attack="cancel storm",
    )


STEPS = st.lists(
    st.sampled_from(["read", "savepoint", "rollback", "server_cursor", "error", "other"]), max_size=12
)


@given(plan=STEPS, first=st.integers(0, 1))
@hypothesis_settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
def test_t4_wrapper_and_database_agree_after_any_sequence(both, plan, first):
    agency, other = both[first], both[1 - first]

    with tenant_context(agency), transaction.atomic():
        for step in plan:
            _run(step)
            assert _schema_in_database() == agency.schema_name
    if "other" in plan:
        with tenant_context(other):
            assert _schema_in_database() == other.schema_name


def _run(step: str) -> None:
    if step == "read":
        Canary.objects.get()
    elif step == "savepoint":
        with transaction.atomic():
            Canary.objects.get()
    elif step == "server_cursor":
        assert [row.pk for row in Canary.objects.all().iterator(chunk_size=1)] == [1]
    elif step in {"rollback", "error"}:
        try:
            with transaction.atomic():
                Canary.objects.get()
                if step == "error":
                    with connection.cursor() as cursor:
                        cursor.execute("SELECT 1/0")
                raise LookupError
        except (LookupError, DatabaseError):
            pass


def _schema_in_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return cursor.fetchone()[0]


def _tenant_models():
    shared = set(settings.SHARED_APPS)
    configs = [config for config in apps.get_app_configs() if config.name not in shared]
    return [model for config in configs for model in config.get_models(include_auto_created=True)]


def test_t5_every_model_of_an_agency_needs_one(both):
    raised = 0

    with nobody_bound():
        for model in _tenant_models():
            with pytest.raises(NoTenant):
                list(model._default_manager.all()[:1])
            raised += 1

    covered = {model._meta.db_table for model in _tenant_models()}
    report("T5", ok=covered == tenant_tables() and raised == len(covered), models=raised, tables=len(covered))


def test_t5_writes_and_raw_sql_need_an_agency_too(both):
    with nobody_bound():
        with pytest.raises(NoTenant):
            Canary.objects.update(schema_name="x")
        with pytest.raises(NoTenant):
            Canary.objects.create(schema_name="x", agency_uuid=both[0].uuid)
        with pytest.raises(DatabaseError, match="canary_canary"), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM canary_canary")


def test_query_stops_when_something_else_moved_the_connection(both):
    with tenant_context(both[0]):
        connection.set_tenant(both[1])
        with pytest.raises(NoTenant, match="another agency"):
            Canary.objects.get()


def test_current_agency_needs_one(both):
    with pytest.raises(NoTenant):
        current_agency()
    with tenant_context(both[1]):
        assert current_agency() == both[1]


def test_one_failing_agency_does_not_stop_the_fleet(both):
    def work(agency):
        if agency == both[0]:
            raise LookupError("planted")

    outcome = for_each_agency(work)

    assert outcome.done == [both[1].slug]
    assert outcome.failed == {both[0].slug: "LookupError: planted"}
