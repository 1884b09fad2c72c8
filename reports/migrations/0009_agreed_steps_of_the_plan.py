"""The step of the plan to which a contact agreed; that of earlier agreements stands in what was printed."""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
    UPDATE reports_qbragreement AS agreement SET action_id = step.id
    FROM reports_qbr AS review, clients_actionitem AS step
    WHERE review.id = agreement.qbr_id AND step.client_id = review.client_id
      AND step.id = (review.snapshot -> 'next_steps' -> agreement.position::int ->> 'plan_id')::bigint
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0005_how_goals_stand"),
        ("reports", "0008_only_approved_leaves"),
    ]

    operations = [
        migrations.AddField(
            model_name="qbragreement",
            name="action",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="qbr_agreements",
                to="clients.actionitem",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
