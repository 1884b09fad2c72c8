"""Database engine: django-tenants' PostgreSQL backend, made to fail closed."""
