"""Minimal valid members."""

from datetime import date
from functools import cache

import factory
from django.contrib.auth.hashers import make_password

from accounts.models import Team, TeamMembership, User
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


class TeamFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Team {n}")


class TeamMembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TeamMembership

    team = factory.SubFactory(TeamFactory)
    member = factory.SubFactory(MemberFactory)
    starts_on = date(2020, 1, 1)
