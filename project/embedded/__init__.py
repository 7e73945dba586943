"""PostgreSQL and Valkey out of Python wheels, for a first look, for development and for tests.

They are started below a folder of this checkout and belong to it alone: PostgreSQL listens on a unix socket that
nobody else can reach, Valkey on a free port of this machine with a password of its own.

    with Servers(VAR_DIR / "embedded") as addresses:
        addresses.database_url, addresses.redis_url

Where DATABASE_URL or REDIS_URL is set, that server is used instead and nothing is started in its place.
"""

from project.embedded.servers import Addresses, Servers

__all__ = ["Addresses", "Servers"]
