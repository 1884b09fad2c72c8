from django.db import migrations, models
from django.db.models import Q


def keep_waiting_sign_in_mail_repeatable(apps, schema_editor):
    waiting = apps.get_model("accounts", "OutboxEmail").objects.filter(
        is_client_mail=False, state__in=["queued", "sending"]
    )
    waiting.exclude(Q(key__startswith="alert:") | Q(key__startswith="digest:")).update(may_repeat=True)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_reply_hours_and_cadence"),
    ]

    operations = [
        migrations.AddField(
            model_name="outboxemail",
            name="may_repeat",
            field=models.BooleanField(db_default=False),
        ),
        migrations.RunPython(keep_waiting_sign_in_mail_repeatable, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="outboxemail",
            constraint=models.CheckConstraint(
                condition=Q(("is_client_mail", True), ("may_repeat", True), _negated=True),
                name="outboxemail_client_mail_once",
            ),
        ),
    ]
