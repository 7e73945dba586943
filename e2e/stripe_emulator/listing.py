"""Pages of a list, newest first, with the cursors and filters that every list takes."""

from collections.abc import Iterable
from typing import Any

from e2e.stripe_emulator.errors import ParamError, ResourceMissing
from e2e.stripe_emulator.store import Record

COMPARE = {
    "gt": lambda created, bound: created > bound,
    "gte": lambda created, bound: created >= bound,
    "lt": lambda created, bound: created < bound,
    "lte": lambda created, bound: created <= bound,
}


def page(records: Iterable[Record], params: dict[str, Any], url: str) -> Record:
    """The asked-for page as Stripe's list object."""
    rows = [record for record in records if _created_fits(record, params.get("created"))]
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise ParamError("Invalid limit: must be between 1 and 100", code="parameter_invalid_integer", param="limit")
    if "starting_after" in params:
        rows = rows[_index(rows, params["starting_after"], "starting_after") + 1 :]
    has_more = len(rows) > limit
    if "ending_before" in params:
        rows = rows[: _index(rows, params["ending_before"], "ending_before")]
        has_more = len(rows) > limit
        rows = rows[-limit:]
    return {"object": "list", "data": rows[:limit], "has_more": has_more, "url": url}


def _created_fits(record: Record, wanted: Any) -> bool:
    if wanted is None:
        return True
    if isinstance(wanted, int):
        return bool(record["created"] == wanted)
    return all(COMPARE[name](record["created"], bound) for name, bound in wanted.items())


def _index(rows: list[Record], id: str, param: str) -> int:
    for index, record in enumerate(rows):
        if record["id"] == id:
            return index
    raise ResourceMissing("object", id, param=param)
