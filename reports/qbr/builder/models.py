from django.db import models
from django.db.models import Q

from accounts.constraints import closed_list
from accounts.models import User
from clients.book.models import Client
from reports.qbr.models import QBR


class QBRImage(models.Model):
    """A picture for a client's reviews, drawn anew when it was uploaded. It never changes: versions share it."""

    class Kind(models.TextChoices):
        PNG = "png", "PNG"
        JPEG = "jpg", "JPEG"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="qbr_images")
    kind = models.CharField(max_length=3, choices=Kind.choices)
    # What it shows, for those who cannot see it; it is printed below the picture too.
    caption = models.CharField(max_length=200)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    added_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="qbr_images"
    )
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            closed_list("kind", "png", "jpg"),
            models.CheckConstraint(name="qbrimage_caption_present", condition=~Q(caption="")),
            models.CheckConstraint(name="qbrimage_has_size", condition=Q(width__gte=1, height__gte=1)),
        ]

    def __str__(self) -> str:
        return self.caption

    @property
    def name(self) -> str:
        """What the document calls it."""
        return f"image-{self.pk}.{self.kind}"

    @property
    def content_type(self) -> str:
        return "image/png" if self.kind == self.Kind.PNG else "image/jpeg"


class QBRText(models.Model):
    """A text of a section that another one replaced, so that nobody's words are lost."""

    qbr = models.ForeignKey(QBR, on_delete=models.CASCADE, related_name="texts", db_index=False)
    section = models.CharField(max_length=20)
    text = models.TextField()
    written_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="qbr_texts"
    )
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="qbrtext_text_present", condition=~Q(text=""))]
        indexes = [models.Index(fields=["qbr", "section", "-written_at"], name="qbrtext_of_section")]

    def __str__(self) -> str:
        return f"{self.section} of {self.qbr}"


class QBRPreview(models.Model):
    """A draft printed to look at; only the latest one of a review is kept. Never sent."""

    qbr = models.OneToOneField(QBR, on_delete=models.CASCADE, related_name="preview")
    # The review's revision that it shows.
    revision = models.PositiveIntegerField()
    # Rises with each time that somebody asks, so that an older job stores nothing.
    attempt = models.PositiveIntegerField(default=1)
    asked_at = models.DateTimeField()
    pdf = models.BinaryField(null=True, blank=True)
    pages = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"Preview of {self.qbr}"

    @property
    def is_over(self) -> bool:
        return self.pages is not None or bool(self.error)

    @property
    def job_key(self) -> str:
        return f"preview:{self.qbr_id}:{self.attempt}"
