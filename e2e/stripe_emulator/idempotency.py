"""Idempotency keys: the first answer is kept and given again; other parameters under the same key are refused."""

import hashlib
import json
from typing import Any

from e2e.stripe_emulator.emulator import Emulator
from e2e.stripe_emulator.errors import ApiError, ParamError
from e2e.stripe_emulator.store import Record

KEPT_S = 24 * 60 * 60
LONGEST = 255


def begin(emulator: Emulator, key: str, method: str, path: str, tree: dict[str, Any]) -> Record | None:
    """The kept answer for this key, or nothing: then the caller runs the request and says `keep` or `release`."""
    if len(key) > LONGEST:
        raise ParamError(f"Idempotency keys can be at most {LONGEST} characters long.")
    request = hashlib.sha256(json.dumps([method, path, tree], sort_keys=True).encode()).hexdigest()
    with emulator.store.lock:
        record = emulator.store.get("idempotency", key)
        if record is not None and emulator.now() - record["created"] > KEPT_S:
            record = None
        if record is None:
            first = {"object": "idempotency", "id": key, "created": emulator.now(), "request": request, "answer": None}
            emulator.store.put(first)
            return None
        if record["request"] != request:
            raise ApiError(
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{key}' if you meant to execute a different request.",
                kind="idempotency_error",
            )
        if record["answer"] is None:
            raise ApiError(
                "There is currently another in-progress request using this idempotency key. Please try again later.",
                status=409,
                kind="idempotency_error",
                code="idempotency_key_in_use",
            )
        return dict(record["answer"])


def keep(emulator: Emulator, key: str, request_id: str, status: int, body: dict[str, Any]) -> None:
    """Keeps the answer, whether it was a success or an error."""
    with emulator.store.lock:
        record = emulator.store.get("idempotency", key)
        if record is not None:
            record["answer"] = {"status": status, "body": body, "request_id": request_id}
            emulator.store.put(record)


def release(emulator: Emulator, key: str) -> None:
    """Forgets the key: nothing ran, so the request may be made anew."""
    emulator.store.drop("idempotency", key)


def tidy(emulator: Emulator) -> None:
    """Forgets keys that are older than a day, and those whose request died with an earlier process."""
    with emulator.store.lock:
        for record in emulator.store.newest_first("idempotency"):
            if emulator.now() - record["created"] > KEPT_S:
                emulator.store.drop("idempotency", record["id"])


def forget_unfinished(emulator: Emulator) -> None:
    """At start-up: requests that an earlier process did not finish are not in progress any more."""
    with emulator.store.lock:
        for record in emulator.store.newest_first("idempotency"):
            if record["answer"] is None:
                emulator.store.drop("idempotency", record["id"])
