from django.db import migrations

TABLES = ("frozenmonth", "frozenfigure", "frozenevidence", "restatement")

FUNCTION = """
CREATE FUNCTION frozen_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What was reported of a month that is closed stays as it is.'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END
$$;
"""
TRIGGER = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON kpis_{table}
    FOR EACH ROW EXECUTE FUNCTION frozen_refuse_change();
"""

APPEND_ONLY = FUNCTION + "".join(TRIGGER.format(table=table) for table in TABLES)
CHANGEABLE = "".join(f"DROP TRIGGER {table}_append_only ON kpis_{table};\n" for table in TABLES) + (
    "DROP FUNCTION frozen_refuse_change();"
)


class Migration(migrations.Migration):
    dependencies = [("kpis", "0004_frozen_months")]

    operations = [migrations.RunSQL(APPEND_ONLY, CHANGEABLE)]
