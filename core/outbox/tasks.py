"""How a Celery task takes a message out of the outbox."""

import functools
from collections.abc import Callable
from typing import Any

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from core.outbox import actions
from core.outbox.models import Message


def outbox_task(name: str, *, outside: bool = False) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function as the task `name` that the outbox can post.

    The function runs in one transaction with the mark "done", on a locked message: run twice at once, the second
    run finds nothing to do. With `outside=True` it speaks to the world (Stripe, mail) and so runs outside any
    transaction; it must be safe to run twice by itself.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        @shared_task(name=name)
        @functools.wraps(function)
        def run(message_id: int, **arguments: Any) -> None:
            try:
                if outside:
                    _run_outside(function, message_id, arguments)
                else:
                    _run_inside(function, message_id, arguments)
            except Exception as error:
                actions.mark_failed(message_id, repr(error))
                raise

        return run  # type: ignore[no-any-return]

    return register


def _run_inside(function: Callable[..., None], message_id: int, arguments: dict[str, Any]) -> None:
    with transaction.atomic():
        waiting = Message.objects.select_for_update(skip_locked=True).filter(id=message_id, done_at=None)
        if waiting.first() is None:
            return
        function(**arguments)
        actions.mark_done(message_id, now=timezone.now())


def _run_outside(function: Callable[..., None], message_id: int, arguments: dict[str, Any]) -> None:
    if not Message.objects.filter(id=message_id, done_at=None).exists():
        return
    function(**arguments)
    actions.mark_done(message_id, now=timezone.now())
