"""The arithmetic of the chain: plain values in, hexadecimal digests out (SHA-256)."""

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

GENESIS = "0" * 64


def payload_digest(salt: str, payload: dict[str, Any]) -> str:
    """Digest of what a record says. The salt goes with the payload when that is erased."""
    # As the database will give it back: with numbers as keys, say, the order would be another one.
    plain = json.loads(json.dumps(payload, cls=DjangoJSONEncoder))
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def link(previous: str, record_id: int, digest: str) -> str:
    """Hash of one link of the chain."""
    return hashlib.sha256(f"{previous}\n{record_id}\n{digest}".encode()).hexdigest()
