"""Structured logs: one JSON object a line, or readable lines while developing."""

import logging
import re
from typing import Any

import structlog

# Part of a path that is long enough to be a key which lets somebody in, as those of invitations and bookings are.
_KEY = re.compile(r"(?:(?<=/)|(?<=%2F))([A-Za-z0-9_:-]{4})[A-Za-z0-9_:-]{16,}")


def without_keys(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """A key in a path is shortened: who reads the log must not get in by it."""
    for name in ("request", "event", "path"):
        if isinstance(event.get(name), str):
            event[name] = _KEY.sub(r"\1…", event[name])
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.processors.format_exc_info,
    without_keys,
]


def _only_ends(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    # A request that has ended says all that its beginning did, and one line costs a tenth of a hold.
    if event["event"] == "request_started":
        raise structlog.DropEvent
    return event


def formatter(*, plain: bool) -> logging.Formatter:
    """The formatter of every handler; the request id set by django-structlog stands in each line."""
    structlog.configure(
        processors=[_only_ends, *_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer = structlog.dev.ConsoleRenderer(colors=False) if plain else structlog.processors.JSONRenderer()
    return structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=_SHARED)
