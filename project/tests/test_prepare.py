"""What is done before the first page of a demo."""

import datetime as dt
import json
from pathlib import Path

import pytest
from pytest import MonkeyPatch

from core.accounts.models import Organizer
from core.payments.models import Payment
from e2e.cast import House
from project.launch import prepare

PAID_AT = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


@pytest.fixture
def asked(monkeypatch: MonkeyPatch) -> list[dict[str, object]]:
    """How the demo's command was called, instead of calling it."""
    calls: list[dict[str, object]] = []
    monkeypatch.setattr(prepare, "call_command", lambda name, **options: calls.append({"name": name, **options}))
    return calls


@pytest.mark.django_db
def test_seed_fills_the_house_when_it_is_empty(asked: list[dict[str, object]]) -> None:
    prepare.seed()
    assert [(call["name"], call["top_up"]) for call in asked] == [("seed_demo", False)]


def test_seed_only_tops_up_when_there_is_something(asked: list[dict[str, object]], house: House) -> None:
    prepare.seed()
    assert [(call["name"], call["top_up"]) for call in asked] == [("seed_demo", True)]


@pytest.mark.django_db
def test_payments_of_the_demo_are_told_and_nobody_elses_when_the_till_is_a_stand_in(tmp_path: Path) -> None:
    organizer = Organizer.objects.create(name="Kronlicht", slug="kronlicht")
    for intent, status in (("pi_demo_1", "succeeded"), ("pi_demo_2", "failed"), ("pi_real", "succeeded")):
        Payment.objects.create(
            organizer=organizer,
            amount=2400,
            currency="EUR",
            status=status,
            intent_id=intent,
            created_at=PAID_AT,
            succeeded_at=PAID_AT,
        )
    prepare.tell_payments(tmp_path / "told.jsonl")
    [line] = (tmp_path / "told.jsonl").read_text().splitlines()
    told = {"payment_intent": "pi_demo_1", "amount": 2400, "currency": "eur", "created": int(PAID_AT.timestamp())}
    assert json.loads(line) == told
