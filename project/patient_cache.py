"""A cache that is never in the way: without Valkey it forgets, and nothing fails.

What is cached in Foyer protects a little, and nothing rests on it: logins and codes are limited in the database.
"""

import logging
import time
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache

log = logging.getLogger(__name__)
AWAY = (redis.RedisError, OSError)
# After a failure nobody waits for Valkey again for this long.
REST_SECONDS = 2.0


class PatientRedisCache(RedisCache):
    """Django's own Redis cache, whose every method answers as an empty cache would when there is no server."""

    _rests_until = 0.0

    def _ask(self, method: str, otherwise: Any, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() < PatientRedisCache._rests_until:
            return otherwise
        try:
            return getattr(super(), method)(*args, **kwargs)
        except AWAY as error:
            PatientRedisCache._rests_until = time.monotonic() + REST_SECONDS
            log.warning("the cache is away: %s", type(error).__name__)
            return otherwise

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """True, as if the key had been free."""
        return bool(self._ask("add", True, *args, **kwargs))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The default."""
        return self._ask("get", default, key, default, version)

    def set(self, *args: Any, **kwargs: Any) -> None:
        """Forgotten at once."""
        self._ask("set", None, *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        """False: there is no such key."""
        return bool(self._ask("touch", False, *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        """False: there is no such key."""
        return bool(self._ask("delete", False, *args, **kwargs))

    def get_many(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Nothing."""
        found: dict[str, Any] = self._ask("get_many", {}, *args, **kwargs)
        return found

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        """False."""
        return bool(self._ask("has_key", False, *args, **kwargs))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """ValueError, as for every key that is not there."""
        found = self._ask("incr", None, key, delta, version)
        if found is None:
            raise ValueError(f"Key '{key}' not found.")
        return int(found)

    def set_many(self, data: dict[str, Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Every key failed."""
        failed: list[Any] = self._ask("set_many", list(data), data, *args, **kwargs)
        return failed

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        """Nothing was there."""
        self._ask("delete_many", None, *args, **kwargs)

    def clear(self) -> bool:
        """Nothing was there."""
        return bool(self._ask("clear", True))
