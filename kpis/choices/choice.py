"""What a choice is: something about its numbers that the agency decides, from a day on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms


def unchanged(value: Any) -> Any:
    return value


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One decision in words, with the form field that asks for it. Values are Python values.

    `is_setting`: it is the field of this name of AgencySettings; otherwise it lives in its versions alone, and
    `default` holds before the first. `to_json` and `from_json` carry a value to its stored form and back.
    """

    name: str
    label: str
    meaning: str
    default: Any
    what_changes: str
    kpis: tuple[str, ...]  # the keys whose definition gets a new version
    field: Callable[[], forms.Field]  # without label and help; made anew for each form
    words: Callable[..., str]  # a value as people read it; of `names` too, where there are any
    to_json: Callable[[Any], Any] = unchanged
    from_json: Callable[[Any], Any] = unchanged
    names: Callable[[], Mapping[str, str]] | None = None  # what the keys of a value are called: a query
    hint: str = ""  # how to write it, under the field
    is_setting: bool = True

    def speaker(self) -> Callable[[Any], str]:
        """Says values as people read them; the names are read once."""
        return self.words if self.names is None else partial(self.words, names=self.names())
