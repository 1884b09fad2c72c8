"""What can be wrong with a book as a whole."""


class BookNotFound(Exception):
    """There is nothing that could be a book at the path; a wrong argument."""


class BadBook(Exception):
    """The book as a whole cannot be read; the message is one clear sentence."""
