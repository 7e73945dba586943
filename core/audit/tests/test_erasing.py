"""A person's data goes from the activity log, and the log is proved all the same (AC10)."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from core.audit import actions
from core.audit.models import Record
from core.audit.queries import violations
from core.kernel.actor import Actor
from core.kernel.append_only import erasing
from e2e.cast import NOW, House, user_actor

pytestmark = pytest.mark.django_db
SETTLED = NOW + dt.timedelta(minutes=1)
ERASABLE = {"actor_label": "", "address": "", "request_id": "", "data": None, "salt": ""}


@pytest.fixture
def log(house: House, amina, bruno, ada) -> dict[str, Record]:
    """By Amina; about Amina, by Ada and by nobody known; about a row of hers, by a visitor; and Bruno's own."""
    visitor = Actor(holder="anon:x", address="192.0.2.77", request_id="request-9")
    by_amina, by_ada, by_bruno = (user_actor(user) for user in (amina, ada, bruno))
    return {
        "hers": actions.record("account.logged_in", amina, actor=by_amina, now=NOW, device="Firefox"),
        "by_ada": actions.record("account.changed", amina, actor=by_ada, now=NOW, before={"name": "A"}, after={}),
        "failed": actions.record("account.login_failed", amina, actor=visitor, now=NOW, tried="amina@foyer.example"),
        "as_guest": actions.record("booking.confirmed", house.showtime, actor=visitor, now=NOW, code="ABC"),
        "bruno": actions.record("account.logged_in", bruno, actor=by_bruno, now=NOW, device="Safari"),
    }


def erased(row: Record) -> tuple[str, str, str, object, bool]:
    row.refresh_from_db()
    return row.actor_label, row.address, row.request_id, row.data, row.salt == ""


def test_erase_person_blanks_what_names_them_and_the_log_is_proved_all_the_same(log, house, amina):
    actions.seal(now=SETTLED)
    kept = {name: (row.pk, row.action, row.object_id, row.actor_user_id, row.digest) for name, row in log.items()}
    count = actions.erase_person(user_id=amina.pk, actor=user_actor(amina), now=SETTLED, about=[house.showtime])
    opened = Record.objects.filter(object_type="catalog.showtime").exclude(pk=log["as_guest"].pk).count()
    assert count == 4 + opened
    assert {name: erased(row) for name, row in log.items()} == {
        "hers": ("", "", "", None, True),
        "by_ada": ("Ada Brandt", "192.0.2.10", "", None, True),
        "failed": ("", "", "", None, True),
        "as_guest": ("", "", "", None, True),
        "bruno": ("Bruno Keller", "192.0.2.10", "", {"device": "Safari"}, False),
    }
    assert {name: (r.pk, r.action, r.object_id, r.actor_user_id, r.digest) for name, r in log.items()} == kept
    assert list(violations()) == []
    actions.seal(now=SETTLED + dt.timedelta(minutes=2))
    assert list(violations()) == []


def test_erase_person_is_recorded_without_the_persons_own_words(log, amina, ada):
    actions.erase_person(user_id=amina.pk, actor=user_actor(amina), now=SETTLED)
    row = Record.objects.get(action="account.erased")
    assert (row.object_type, row.object_id, row.actor_user_id) == ("accounts.user", str(amina.pk), amina.pk)
    assert (row.actor_label, row.address, row.data) == ("", "", {"records": 3})
    actions.erase_person(user_id=amina.pk, actor=user_actor(ada), now=SETTLED)
    assert Record.objects.filter(action="account.erased", actor_label="Ada Brandt").count() == 1


@pytest.mark.parametrize("column", ERASABLE)
def test_blanking_is_refused_outside_the_erasure(log, column):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Record.objects.update(**{column: ERASABLE[column]})
    assert Record.objects.filter(actor_label="Amina Yilmaz").count() == 1


@pytest.mark.parametrize(
    "change", [{"actor_label": "Bruno"}, {"address": "192.0.2.99"}, {"data": {"other": 1}}, {"actor_user_id": None}]
)
def test_nothing_can_be_changed_or_deleted_even_inside_the_erasure(log, change):
    before = list(Record.objects.order_by("id").values())
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), erasing():
        Record.objects.update(**change)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), erasing():
        Record.objects.all()._raw_delete("default")
    assert list(Record.objects.order_by("id").values()) == before


def test_the_erasure_ends_with_its_block_and_with_a_failure(log):
    with erasing():
        pass
    with pytest.raises(ZeroDivisionError), erasing():
        raise ZeroDivisionError
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Record.objects.update(actor_label="")
