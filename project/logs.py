"""Structured logs: one JSON object a line, or readable lines while developing."""

import logging
from typing import Any

import structlog

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.processors.format_exc_info,
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
