"""Who did what: appended, chained, proved, and erasable where it names a person (AC10)."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from core.audit import actions, queries
from core.audit.digest import GENESIS, link, payload_digest
from core.audit.models import Record, Seal
from core.audit.queries import violations
from core.kernel.actor import Actor
from e2e.cast import NOW, House

pytestmark = pytest.mark.django_db
SETTLED = NOW + dt.timedelta(minutes=1)
AMINA = Actor(holder="user:7", user_id=7, label="Amina Yilmaz", address="192.0.2.10", request_id="request-1")


@pytest.fixture
def records(house: House) -> list[Record]:
    """Three things that Amina did."""
    return [
        actions.record(f"booking.step{number}", house.organizer, actor=AMINA, now=NOW, organizer_id=1, number=number)
        for number in range(3)
    ]


def found() -> list[str]:
    return [str(violation) for violation in violations()]


def refused(change) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        change()


def test_a_record_says_who_did_what_when_from_where_and_to_what(house):
    row = actions.record("event.published", house.event, actor=AMINA, now=NOW, organizer_id=3, title="x")
    row.refresh_from_db()
    assert (row.at, row.action, row.object_type, row.object_id) == (
        NOW,
        "event.published",
        "catalog.event",
        str(house.event.pk),
    )
    assert (row.actor_user_id, row.actor_label, row.address, row.request_id) == (
        7,
        "Amina Yilmaz",
        "192.0.2.10",
        "request-1",
    )
    assert (row.organizer_id, row.data) == (3, {"title": "x"})
    assert row.digest == payload_digest(row.salt, row.described())


def test_two_records_of_the_same_have_different_digests(records, house):
    again = actions.record("booking.step0", house.organizer, actor=AMINA, now=NOW, organizer_id=1, number=0)
    assert again.described() == records[0].described()
    assert again.digest != records[0].digest


def test_sealing_chains_what_has_settled_in_order_and_nothing_twice(records):
    assert actions.seal(now=NOW + dt.timedelta(seconds=30)) == 0
    count = actions.seal(now=SETTLED)
    assert count == Record.objects.count()
    assert actions.seal(now=SETTLED) == 0
    previous = GENESIS
    for number, seal in enumerate(Seal.objects.order_by("number").select_related("record"), start=1):
        previous = link(previous, seal.record_id, seal.record.digest)
        assert (seal.number, seal.hash) == (number, previous)
    assert found() == []


def test_sealing_goes_on_where_it_stopped(records, house):
    assert actions.seal(now=SETTLED, limit=2) == 2
    late = actions.record("late", house.organizer, actor=AMINA, now=NOW)
    actions.seal(now=SETTLED)
    assert Seal.objects.get(record=late).number == Record.objects.count()
    assert found() == []


def test_sealing_looks_only_so_far_back_and_what_lies_further_is_told(records, house, monkeypatch):
    """It runs every half minute; what it costs may not grow with the log."""
    monkeypatch.setattr(queries, "LOOK_BACK", 2)
    _, within, last = records
    Seal.objects.create(record=last, number=1, hash=link(GENESIS, last.pk, last.digest))
    assert (actions.seal(now=SETTLED), Seal.objects.get(number=2).record) == (1, within)
    left = Record.objects.filter(id__lt=within.pk).order_by("id")
    assert found() == [f"activity log chain: audit.record {record.pk}: was never sealed" for record in left]


def test_sealing_does_not_pass_a_record_that_has_not_settled(records, house):
    recent = actions.record("recent", house.organizer, actor=AMINA, now=SETTLED)
    actions.record("backdated", house.organizer, actor=AMINA, now=NOW)
    before = Record.objects.filter(id__lt=recent.pk).count()
    assert (actions.seal(now=SETTLED), actions.seal(now=SETTLED)) == (before, 0)
    assert actions.seal(now=SETTLED + dt.timedelta(minutes=1)) == 2


def test_the_log_can_be_neither_changed_nor_deleted(records):
    actions.seal(now=SETTLED)
    for model, change in ((Record, {"action": "other"}), (Seal, {"hash": "0" * 64})):
        refused(lambda model=model, change=change: model.objects.update(**change))
        refused(lambda model=model: model.objects.all()._raw_delete("default"))
    assert found() == []


def test_an_erased_record_cannot_be_guessed_back_without_its_salt(records):
    row = records[0]
    assert payload_digest("", row.described()) != row.digest
