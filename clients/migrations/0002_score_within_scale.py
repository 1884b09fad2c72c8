from django.db import migrations

# The table is named through TG_TABLE_SCHEMA, so that the answer never depends on the search path.
WITHIN_SCALE = """
CREATE FUNCTION surveyresponse_check_scale() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_within boolean;
BEGIN
    EXECUTE format(
        'SELECT $1 BETWEEN scale_min AND scale_max FROM %I.clients_survey WHERE id = $2', TG_TABLE_SCHEMA
    ) INTO is_within USING NEW.score, NEW.survey_id;
    IF NOT is_within THEN
        RAISE EXCEPTION 'The score % is outside the scale of survey %.', NEW.score, NEW.survey_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'surveyresponse_score_within_scale';
    END IF;
    RETURN NEW;
END
$$;
CREATE CONSTRAINT TRIGGER surveyresponse_score_within_scale
    AFTER INSERT OR UPDATE OF score, survey_id ON clients_surveyresponse
    FOR EACH ROW EXECUTE FUNCTION surveyresponse_check_scale();

CREATE FUNCTION survey_check_answers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    has_outsider boolean;
BEGIN
    EXECUTE format(
        'SELECT EXISTS (SELECT 1 FROM %I.clients_surveyresponse'
        ' WHERE survey_id = $1 AND score NOT BETWEEN $2 AND $3)', TG_TABLE_SCHEMA
    ) INTO has_outsider USING NEW.id, NEW.scale_min, NEW.scale_max;
    IF has_outsider THEN
        RAISE EXCEPTION 'Survey % has answers outside the new scale.', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'survey_scale_holds_answers';
    END IF;
    RETURN NEW;
END
$$;
CREATE CONSTRAINT TRIGGER survey_scale_holds_answers
    AFTER UPDATE OF scale_min, scale_max ON clients_survey
    FOR EACH ROW EXECUTE FUNCTION survey_check_answers();
"""

ANY_SCORE = """
DROP TRIGGER survey_scale_holds_answers ON clients_survey;
DROP FUNCTION survey_check_answers();
DROP TRIGGER surveyresponse_score_within_scale ON clients_surveyresponse;
DROP FUNCTION surveyresponse_check_scale();
"""


class Migration(migrations.Migration):
    dependencies = [("clients", "0001_initial")]

    operations = [migrations.RunSQL(WITHIN_SCALE, ANY_SCORE)]
