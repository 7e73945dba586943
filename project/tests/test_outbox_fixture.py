import datetime as dt

import pytest
from django.utils import timezone

from core.outbox.actions import post
from core.outbox.models import Message
from core.outbox.tasks import outbox_task

NOW = timezone.now()
HEARD: list[int] = []


@outbox_task("tests.hear")
def hear(number: int) -> None:
    HEARD.append(number)
    if number > 1:
        post("tests.hear", now=timezone.now(), number=number - 1)


@pytest.mark.django_db
def test_run_outbox_runs_what_is_posted_until_nothing_is_due(run_outbox):
    HEARD.clear()
    post("tests.hear", now=NOW, number=3)
    put_off = post("tests.hear", now=NOW, number=9, not_before=NOW + dt.timedelta(hours=1))

    assert run_outbox() == ["tests.hear", "tests.hear", "tests.hear"]

    assert HEARD == [3, 2, 1]
    assert list(Message.objects.filter(done_at=None)) == [put_off]
    assert run_outbox(now=NOW + dt.timedelta(hours=2)) == ["tests.hear"] * 9
