"""A form field of lines: numbers for everybody, and others for some tiers, segments or services."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


class TypedLine(NamedTuple):
    """One line as somebody typed it; the blank key is everybody else."""

    key: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Lines:
    """What the lines of a field are, and how one is read and written.

    `list_names` answers the words of every line, in order, given the keys that have numbers of their own.
    `read` gets the words of a line and what was typed in it, and raises ValidationError; `write` is its opposite.
    """

    list_names: Callable[[Collection[str]], Mapping[str, str]]
    read: Callable[[str, tuple[str, ...]], Any]
    write: Callable[[Any], tuple[str, ...]]
    most: int
    step: str = "1"
    columns: tuple[str, ...] = (
        "",
    )  # what each number of a line is, for those who cannot see where it stands
    unit: str = ""
    usual: Any = None  # of the blank key, while nothing is stored for it
    if_none: str = ""  # said where there is no line


class LinesWidget(forms.Widget):
    """A line of numbers for each name."""

    use_fieldset = True

    def __init__(self, lines: Lines) -> None:
        super().__init__()
        self.lines = lines

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        context = {
            "name": name,
            "lines": self.lines,
            "rows": self._rows(value or {}),
            "attrs": self.build_attrs(self.attrs, attrs),
        }
        return render_to_string("kpis/lines_widget.html", context)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[TypedLine]:
        columns = [data.getlist(f"{name}-{number}") for number in range(len(self.lines.columns))]
        numbers = zip(*columns, strict=False)
        return [TypedLine(*line) for line in zip(data.getlist(f"{name}-key"), numbers, strict=False)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-key" not in data

    def _rows(self, value: Any) -> list[dict[str, Any]]:
        """The lines as they are drawn: what was typed, else what is stored."""
        lines = self.lines
        if isinstance(value, list):
            typed = dict(value)
        else:
            typed = {key: lines.write(stored) for key, stored in value.items()}
            typed.setdefault("", lines.write(lines.usual) if lines.usual is not None else ())
        rows = []
        for key, label in lines.list_names(list(typed)).items():
            numbers = (*typed.get(key, ()), *[""] * len(lines.columns))
            rows.append(
                {"key": key, "label": label, "cells": list(zip(lines.columns, numbers, strict=False))}
            )
        return rows


class LinesField(forms.Field):
    """The stored form of the lines: numbers by key. A line that is left empty has the numbers of all others."""

    widget: LinesWidget

    def __init__(self, lines: Lines, **kwargs: Any) -> None:
        super().__init__(widget=LinesWidget(lines), required=lines.usual is not None, **kwargs)
        self.lines = lines

    def clean(self, value: Any) -> dict[str, Any]:
        names = self.lines.list_names(list(self.initial or ()))
        stored = {}
        for line in value or []:
            if not any(line.numbers) and line.key:
                continue
            if line.key not in names:
                raise ValidationError(
                    "One of the lines is of something that is not there any more. Look again."
                )
            stored[line.key] = self.lines.read(names[line.key], line.numbers)
        if "" in stored and stored[""] == self.lines.usual:
            del stored[""]
        return stored
