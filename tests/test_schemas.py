import subprocess

from agencyam.embedded.postgres import binary
from tests.schemas import RepeatingExecutor
from tests.workers import database_url


def dump(schema_name: str, *options: str) -> list[str]:
    """What pg_dump says about a schema, as if every schema had the same name."""
    command = [str(binary("pg_dump")), database_url(), *options]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    # \restrict carries a word of chance.
    return [line for line in text.replace(schema_name, "agency").splitlines() if not line.startswith("\\")]


def test_a_repeated_schema_is_the_same_as_a_migrated_one(agency, other_agency):
    def structure(one):
        return dump(one.schema_name, "--schema-only", f"--schema={one.schema_name}")

    migrated, repeated = structure(agency), structure(other_agency)

    assert RepeatingExecutor.repeated[:1] == [other_agency.schema_name]
    assert repeated == migrated
    assert sum(line.startswith("CREATE TABLE") for line in migrated) > 60
    assert sum(line.startswith("CREATE TRIGGER") for line in migrated) > 5


def test_a_repeated_schema_holds_the_rows_that_migrations_write(agency, other_agency):
    def rows(one):
        tables = [f"--table={one.schema_name}.{name}" for name in ("django_migrations", "auth_permission")]
        return dump(one.schema_name, "--data-only", *tables)

    migrated, repeated = rows(agency), rows(other_agency)

    assert repeated == migrated
    assert sum("_initial" in line for line in migrated) >= 10
