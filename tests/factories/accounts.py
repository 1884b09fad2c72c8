"""Minimal valid members."""

from functools import cache

import factory
from django.contrib.auth.hashers import make_password

from accounts.models import User
from accounts.roles import Role

PASSWORD = "correct horse battery staple"


class MemberFactory(factory.django.DjangoModelFactory):
    """An account manager who can sign in with PASSWORD."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"member{n}@agency.example")
    name = factory.Sequence(lambda n: f"Member {n}")
    role = Role.ACCOUNT_MANAGER
    # Hashing is slow on purpose; one hash of PASSWORD serves all members of a run.
    password = factory.django.Password(PASSWORD, transform=cache(make_password))


class OwnerFactory(MemberFactory):
    role = Role.OWNER


class LeaderFactory(MemberFactory):
    role = Role.LEADER


class ViewerFactory(MemberFactory):
    role = Role.VIEWER
