from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from django import forms

from accounts.models import User
from clients.book import selectors as book_selectors
from clients.workspace.extensions import list_columns
from clients.workspace.portfolio import PortfolioFilter

SCOPES = [("all", "All"), ("mine", "Mine")]


class PortfolioFilterForm(forms.Form):
    """The list's filters. A value that does not exist is left out, so that an old link still opens."""

    search = forms.CharField(required=False, max_length=100)
    scope = forms.ChoiceField(required=False, choices=SCOPES)
    manager = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, label="Account manager")
    tier = forms.ChoiceField(required=False, label="Tier")
    segment = forms.ChoiceField(required=False, label="Segment")
    tag = forms.ChoiceField(required=False, label="Tag")
    archived = forms.BooleanField(required=False, label="With archived clients")

    def __init__(self, data: Mapping[str, Any], *, user: User, today: date) -> None:
        super().__init__(data)
        clients = book_selectors.visible_clients(user=user, today=today)
        managers = book_selectors.list_managers(today=today)
        self._offer("manager", "Everybody", [(str(member.pk), member.name) for member in managers])
        self._offer("tier", "Any tier", _each(book_selectors.list_tiers(clients=clients)))
        self._offer("segment", "Any segment", _each(book_selectors.list_segments(clients=clients)))
        self._offer("tag", "Any tag", _each(book_selectors.list_tags(clients=clients)))
        for column in list_columns():
            if column.filter is not None:
                self.fields[column.key] = forms.ChoiceField(required=False, label=column.filter.label)
                self._offer(column.key, column.filter.everything, list(column.filter.choices))

    @property
    def column_fields(self) -> list[forms.BoundField]:
        """The filters of columns that apps above add."""
        return [self[column.key] for column in list_columns() if column.filter is not None]

    def _offer(self, name: str, everything: str, choices: list[tuple[str, str]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = [("", everything), *choices]

    def narrow(self) -> PortfolioFilter:
        """The filter that the form describes; a field in error is left out."""
        self.is_valid()
        chosen = self.cleaned_data
        return PortfolioFilter(
            search=chosen.get("search", ""),
            scope=chosen.get("scope") or "all",
            manager_id=chosen.get("manager"),
            tier=chosen.get("tier", ""),
            segment=chosen.get("segment", ""),
            tag=chosen.get("tag", ""),
            with_archived=chosen.get("archived", False),
            columns=tuple(
                (field.name, value) for field in self.column_fields if (value := chosen.get(field.name))
            ),
        )


def _each(words: list[str]) -> list[tuple[str, str]]:
    return [(word, word) for word in words]
