"""Weights of tiers and margins of services as a form asks for them, and as people read them."""

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal

from django.core.exceptions import ValidationError

from accounts.by_name import HEAVIEST, MARGIN_PLACES, ONE, WEIGHT_PLACES, check_margins, check_weights
from clients.book import selectors as book_selectors
from clients.book.models import Client
from clients.contracts import selectors as contract_selectors
from kpis.choices.fields import HUNDRED, plain
from kpis.choices.lines import Lines, LinesField


def weights_field() -> LinesField:
    return LinesField(
        Lines(
            list_names=_list_tiers,
            read=_read_weight,
            write=lambda weight: (weight,),
            most=int(HEAVIEST),
            step="0.01",
            if_none="No client has a tier yet.",
        )
    )


def weight_words(stored: Mapping[str, str]) -> str:
    """Such as: Tier gold 2; tier silver 0.5."""
    weights = "; ".join(f"tier {tier} {weight}" for tier, weight in sorted(stored.items()))
    return f"T{weights[1:]}" if weights else "Every client weighs 1"


def margins_field() -> LinesField:
    return LinesField(
        Lines(
            list_names=_list_services,
            read=_read_margin,
            write=lambda margin: (plain(Decimal(margin) * HUNDRED),),
            most=int(HUNDRED),
            step="0.0001",
            unit="%",
            if_none="There is no service yet.",
        )
    )


def margin_words(stored: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Such as: Paid media 15%; Websites 40%."""
    margins = [
        f"{names.get(service, service)} {plain(Decimal(share) * HUNDRED)}%"
        for service, share in stored.items()
    ]
    return "; ".join(sorted(margins)) or "The same for all"


def list_service_names() -> dict[str, str]:
    """By id, in the order of their names."""
    return {service.book_id: service.name for service in contract_selectors.list_services()}


def _list_tiers(own: Collection[str]) -> dict[str, str]:
    tiers = {*own, *book_selectors.list_tiers(clients=Client.objects.all())} - {""}
    return {tier: f"Tier {tier}" for tier in sorted(tiers)}


def _list_services(own: Collection[str]) -> dict[str, str]:
    names = list_service_names()
    return names | {key: key for key in own if key and key not in names}


def _read_weight(label: str, numbers: tuple[str, ...]) -> str:
    return _read(
        numbers[0],
        check=lambda weight: check_weights({label: weight}),
        refusal=f"{label}: write a number from 0 to {HEAVIEST}, with at most {WEIGHT_PLACES} decimals.",
    )


def _read_margin(label: str, numbers: tuple[str, ...]) -> str:
    return _read(
        numbers[0],
        check=lambda share: check_margins({label: share}),
        refusal=f"{label}: write a percentage from 0 to 100, with at most {MARGIN_PLACES - 2} decimals.",
        divisor=HUNDRED,
    )


def _read(number: str, *, check: Callable[[Decimal], None], refusal: str, divisor: Decimal = ONE) -> str:
    try:
        share = Decimal(number.strip()) / divisor
        check(share)
    except (ArithmeticError, ValidationError):
        raise ValidationError(refusal) from None
    return plain(share)
