from django.db import models

from accounts.book_ids import new_book_id


class BookRow(models.Model):
    """A row that arrives and leaves by the book: `book_id` is its id in the CSV files."""

    book_id = models.TextField(default=new_book_id)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["book_id"], name="%(class)s_book_id_unique")]


class AmountField(models.DecimalField):
    """An amount of money in the row's currency, exact to a millionth."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_digits", 20)
        kwargs.setdefault("decimal_places", 6)
        super().__init__(*args, **kwargs)
