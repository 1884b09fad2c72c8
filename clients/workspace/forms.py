from django import forms

from accounts.models import User
from clients.book import selectors as book_selectors
from clients.workspace.portfolio import PortfolioFilter


class PortfolioFilterForm(forms.Form):
    """The list's filters. A value that does not exist narrows to nothing rather than to an error."""

    search = forms.CharField(required=False, max_length=100)
    scope = forms.ChoiceField(required=False, choices=[("all", "All"), ("mine", "Mine")])
    manager = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, label="Account manager")
    tier = forms.ChoiceField(required=False, label="Tier")
    segment = forms.ChoiceField(required=False, label="Segment")
    tag = forms.ChoiceField(required=False, label="Tag")
    archived = forms.BooleanField(required=False, label="With archived clients")

    def __init__(self, *args: object, user: User, today: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        clients = book_selectors.visible_clients(user=user, today=today)
        managers = book_selectors.list_managers(today=today)
        self.fields["manager"].choices = [("", "Everybody"), *((str(m.pk), m.name) for m in managers)]
        self.fields["tier"].choices = _choices("Any tier", book_selectors.list_tiers(clients=clients))
        self.fields["segment"].choices = _choices(
            "Any segment", book_selectors.list_segments(clients=clients)
        )
        self.fields["tag"].choices = _choices("Any tag", book_selectors.list_tags(clients=clients))

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
        )


def _choices(everything: str, words: list[str]) -> list[tuple[str, str]]:
    return [("", everything), *((word, word) for word in words)]
