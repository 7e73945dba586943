"""Which status a refusal is answered with."""

from core.kernel.errors import Refusal

STATUS = {
    "invalid": 400,
    "needs_proof": 403,
    "forbidden": 403,
    "missing": 404,
    "conflict": 409,
    "too_often": 429,
    "unavailable": 503,
}


def status_of(refusal: Refusal) -> int:
    """The status that fits the refusal's kind."""
    return STATUS[refusal.kind]
