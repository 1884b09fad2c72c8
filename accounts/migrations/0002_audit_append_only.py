from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION auditevent_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit trail is append-only.'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'auditevent_append_only';
END
$$;
CREATE TRIGGER auditevent_append_only BEFORE UPDATE OR DELETE ON accounts_auditevent
    FOR EACH ROW EXECUTE FUNCTION auditevent_refuse_change();
"""

CHANGEABLE = """
DROP TRIGGER auditevent_append_only ON accounts_auditevent;
DROP FUNCTION auditevent_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(APPEND_ONLY, CHANGEABLE)]
