"""Agencies as PostgreSQL schemas, entered one way only and failing closed."""
