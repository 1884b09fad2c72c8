from uuid import uuid4


def new_book_id() -> str:
    """An id for a row that was made here and not imported: 32 hex digits, never reused."""
    return uuid4().hex
