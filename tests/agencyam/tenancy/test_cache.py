"""Catalogue row T8: one agency's cache keys are nobody else's."""

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import override_settings

from agencyam.tenancy.context import tenant_context
from agencyam.tenancy.models import Agency
from tests.catalogue import report


@pytest.fixture
def both(committed_db):
    return list(Agency.objects.filter(slug__in=["northwind", "harbour"]).order_by("slug"))


def test_t8_same_keys_do_not_meet(both):
    collisions = keys = 0

    for alias in settings.CACHES:
        cache = caches[alias]
        for agency in both:
            with tenant_context(agency):
                cache.set_many({f"key{number}": agency.slug for number in range(200)})
        for agency in both:
            with tenant_context(agency):
                values = cache.get_many([f"key{number}" for number in range(200)])
                keys += len(values)
                collisions += sum(value != agency.slug for value in values.values())
        with tenant_context(both[0]):
            cache.clear()
            assert cache.get("key1") is None
        with tenant_context(both[1]):
            assert cache.get("key1") == both[1].slug

    report("T8", ok=collisions == 0 and keys == 400, collisions=collisions, keys=keys)


def test_t8_every_alias_has_the_tenant_in_its_keys():
    assert {alias["KEY_FUNCTION"] for alias in settings.CACHES.values()} == {"django_tenants.cache.make_key"}


def test_cache_keeps_working_without_its_server(both):
    nowhere = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/1"}}

    with override_settings(CACHES=nowhere), tenant_context(both[0]):
        cache = caches["default"]
        cache.set("limit", 1)
        assert cache.incr("limit") == 2
    with override_settings(CACHES=nowhere), tenant_context(both[1]):
        assert caches["default"].get("limit") is None
