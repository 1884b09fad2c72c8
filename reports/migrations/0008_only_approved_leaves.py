from django.db import migrations

# A mail's row and a personal link exist for approved reviews with their PDF only; that PDF stays as it was
# approved, and so does each picture, which versions share.
GUARDS = """
CREATE FUNCTION qbr_only_approved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_approved boolean;
BEGIN
    EXECUTE format(
        'SELECT approved_at IS NOT NULL AND status = ''ready'' FROM %I.reports_qbr WHERE id = $1', TG_TABLE_SCHEMA
    ) INTO is_approved USING NEW.qbr_id;
    IF is_approved IS NOT TRUE THEN
        RAISE EXCEPTION 'Only an approved review reaches its client.'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'qbr_only_approved';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER qbr_only_approved BEFORE INSERT OR UPDATE OF qbr_id ON reports_qbrdelivery
    FOR EACH ROW EXECUTE FUNCTION qbr_only_approved();
CREATE TRIGGER qbr_only_approved BEFORE INSERT OR UPDATE OF qbr_id ON reports_qbrlink
    FOR EACH ROW EXECUTE FUNCTION qbr_only_approved();

CREATE FUNCTION qbr_pdf_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The PDF of an approved review stays as it is; send the review back to change it.'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'qbr_pdf_unchanged';
END
$$;
CREATE TRIGGER qbr_pdf_guard BEFORE UPDATE OF pdf, pdf_sha256, pages, status ON reports_qbr FOR EACH ROW
    WHEN (OLD.status = 'ready' AND OLD.locked_at IS NULL AND NEW.approved_at IS NOT NULL
        AND (OLD.pdf, OLD.pdf_sha256, OLD.pages, OLD.status)
            IS DISTINCT FROM (NEW.pdf, NEW.pdf_sha256, NEW.pages, NEW.status))
    EXECUTE FUNCTION qbr_pdf_guard();

CREATE FUNCTION qbrimage_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A picture stays as it is; versions of reviews share it.'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'qbrimage_unchanged';
END
$$;
CREATE TRIGGER qbrimage_guard BEFORE UPDATE OR DELETE ON reports_qbrimage
    FOR EACH ROW EXECUTE FUNCTION qbrimage_guard();
"""
NO_GUARDS = """
DROP TRIGGER qbrimage_guard ON reports_qbrimage;
DROP FUNCTION qbrimage_guard();
DROP TRIGGER qbr_pdf_guard ON reports_qbr;
DROP FUNCTION qbr_pdf_guard();
DROP TRIGGER qbr_only_approved ON reports_qbrlink;
DROP TRIGGER qbr_only_approved ON reports_qbrdelivery;
DROP FUNCTION qbr_only_approved();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0007_deliveries_and_pages")]

    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
