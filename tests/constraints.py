"""How tests ask the database itself for the name of the constraint that refused a row."""

from collections.abc import Callable

from django.apps import apps
from django.db import DataError, IntegrityError, transaction


def refused_by(write: Callable[[], object]) -> str:
    """The name of the constraint that refused the write; an empty string if the database took it."""
    try:
        with transaction.atomic():
            write()
    except (IntegrityError, DataError) as error:
        return error.__cause__.diag.constraint_name or str(error)
    return ""


def constraint_names(app_label: str) -> list[str]:
    """Names of all constraints that the models of an app declare."""
    models = apps.get_app_config(app_label).get_models()
    return sorted(constraint.name for model in models for constraint in model._meta.constraints)


def unlisted_choices(app_label: str) -> list[str]:
    """Fields with choices whose constraint does not hold exactly these choices."""
    wrong = []
    for model in apps.get_app_config(app_label).get_models():
        conditions = {constraint.name: constraint for constraint in model._meta.constraints}
        for field in model._meta.get_fields():
            if not getattr(field, "choices", None):
                continue
            constraint = conditions.get(f"{model._meta.model_name}_{field.name}_listed")
            held = dict(constraint.condition.children).get(f"{field.name}__in", []) if constraint else []
            if {value for value in held if value} != {value for value, _ in field.choices}:
                wrong.append(f"{model._meta.model_name}.{field.name}")
    return wrong
