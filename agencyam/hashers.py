from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id with 46 MiB, 3 passes, 1 lane: above OWASP's floor with less than half of Django's memory."""

    time_cost = 3
    memory_cost = 46 * 1024
    parallelism = 1
