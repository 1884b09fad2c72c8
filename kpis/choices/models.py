from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from accounts.models import User


class ChoiceChangeQuerySet(models.QuerySet):
    def in_order(self):
        """Each choice's changes from the first to the latest."""
        return self.order_by("name", "version")


class ChoiceChange(models.Model):
    """That the agency decided differently about its numbers from a day on: a new version of a choice.

    Version 1 is what held before the first change and has no row. The days of a choice's changes never run
    backwards, so that a version says exactly what held on a day. JSON null means the usual rule.
    """

    name = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    old = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    new = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    from_on = models.DateField()
    # Null: the system, as an import from the shell.
    by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="choice_changes"
    )
    at = models.DateTimeField()

    objects = ChoiceChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="choicechange_version_unique"),
            models.CheckConstraint(name="choicechange_version_follows_first", condition=Q(version__gte=2)),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"
