"""Frozen dataclasses to plain JSON values and back. Pure."""

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints


class NotADocument(ValueError):
    """The stored values do not fit the document's fields."""


def to_plain(value: Any) -> Any:
    """Dicts, lists, text, numbers, true, false, null; decimals and days as text."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return value


def from_plain(kind: Any, plain: Any) -> Any:
    """The value of the type `kind` that `to_plain` wrote. Raises NotADocument."""
    try:
        return _read(kind, plain)
    except (TypeError, ValueError, KeyError, AttributeError, ArithmeticError) as error:
        raise NotADocument(f"The stored review does not fit its fields: {error}.") from error


def _read(kind: Any, plain: Any) -> Any:
    if get_origin(kind) in (Union, UnionType):
        return _read_optional(kind, plain)
    if get_origin(kind) is tuple:
        return tuple(_read(get_args(kind)[0], item) for item in plain)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        unknown = plain.keys() - hints.keys()
        if unknown:
            raise NotADocument(f"{kind.__name__} has no field {min(unknown)}")
        return kind(**{name: _read(hints[name], item) for name, item in plain.items()})
    if kind is date:
        return date.fromisoformat(plain)
    if issubclass(kind, Enum | Decimal):
        return kind(plain)
    if type(plain) is not kind:
        raise NotADocument(f"{plain!r} is no {kind.__name__}")
    return plain


def _read_optional(kind: Any, plain: Any) -> Any:
    if plain is None:
        return None
    (inner,) = (part for part in get_args(kind) if part is not NoneType)
    return _read(inner, plain)
