"""Roots of the exceptions that edges turn into words for a person."""


class Refused(Exception):
    """A service will not do what was asked. ``str(error)`` is one clear sentence for the person who asked."""
