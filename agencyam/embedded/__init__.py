"""PostgreSQL 18 and Valkey 9 from wheels, for the demo and the tests; no Docker, no system packages."""
