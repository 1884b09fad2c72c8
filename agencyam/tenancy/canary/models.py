from django.db import models


class Canary(models.Model):
    """The schema's own word for whose it is. Exactly one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    schema_name = models.CharField(max_length=63)
    agency_uuid = models.UUIDField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="canary_single_row")]

    def __str__(self) -> str:
        return self.schema_name
