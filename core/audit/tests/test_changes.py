"""Before and after of the fields that matter, and a person's own security events (AC10)."""

import datetime as dt

import pytest

from core.audit import actions
from core.audit.changes import changes, snapshot
from core.audit.queries import security_events, violations
from e2e.cast import NOW, user_actor

pytestmark = pytest.mark.django_db


def test_changes_tell_what_differs_and_nothing_else():
    assert changes({"name": "A", "fee": 1, "old": 2}, {"name": "B", "fee": 1, "new": 3}) == {
        "name": ["A", "B"],
        "old": [2, None],
        "new": [None, 3],
    }
    assert changes({}, {}) == {}


def test_changes_tell_of_a_private_field_that_it_differs_and_not_what_it_says():
    before, after = {"notes": "Allergic", "name": "A", "born": 1}, {"notes": "", "name": "B", "born": 1}
    assert changes(before, after, private=["notes", "born"]) == {"notes": [None, None], "name": ["A", "B"]}


def test_snapshot_gives_plain_values(house, amina):
    amina.mobile = "+436601234567"
    assert snapshot(amina, ["name", "is_active", "mobile", "joined_at", "groups"]) == {
        "name": "Amina Yilmaz",
        "is_active": True,
        "mobile": "+436601234567",
        "joined_at": NOW,
        "groups": [],
    }
    assert snapshot(house.event, ["organizer"]) == {"organizer": house.organizer.pk}


def test_a_record_keeps_before_and_after_of_what_changed(house, ada):
    before = snapshot(house.organizer, ["name", "fee_fixed"])
    house.organizer.fee_fixed = 50
    after = snapshot(house.organizer, ["name", "fee_fixed"])
    row = actions.record(
        "organizer.changed", house.organizer, actor=user_actor(ada), now=NOW, before=before, after=after
    )
    row.refresh_from_db()
    assert row.data == {"changes": {"fee_fixed": [0, 50]}}
    assert list(violations()) == []


def test_an_errand_is_about_no_row(ada):
    row = actions.record_errand("log.exported", actor=user_actor(ada), now=NOW, rows=3)
    assert (row.object_type, row.object_id, row.data) == ("", "", {"rows": 3})


def test_security_events_are_those_of_the_account_by_or_about_the_person_newest_first(house, amina, bruno, ada):
    def happened(action, about, user, minutes):
        return actions.record(action, about, actor=user_actor(user), now=NOW + dt.timedelta(minutes=minutes))

    first = happened("account.logged_in", amina, amina, 0)
    happened("booking.confirmed", house.organizer, amina, 1)
    happened("account.logged_in", bruno, bruno, 2)
    second = happened("account.deactivated", amina, ada, 3)
    third = happened("account.invited", house.organizer, amina, 3)
    assert list(security_events(amina.pk)) == [third, second, first]
