from django.db import models
from django.db.models import Q


class FactState(models.Model):
    """When the agency's facts were built in full, and by which choices. One row; none before the first time."""

    ONLY_ID = 1

    # The settings that the facts depend on, as text: with others they would have to be built anew.
    choices = models.TextField()
    built_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="factstate_one_row", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"Facts built at {self.built_at:%Y-%m-%d %H:%M}"
