"""Who somebody is, by a password; and how often one may try (AC2, AC8)."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail
from django.db import connection

from core.accounts import actions as accounts
from core.accounts.models import LoginTry, User
from core.accounts.refusals import LockedOut
from core.audit.models import Record
from core.flows.logins import prove_password
from e2e.cast import NOW, visitor

PASSWORD = "opening-night"
pytestmark = pytest.mark.django_db


@pytest.fixture
def gus() -> User:
    return User.objects.create_user("gus@foyer.example", PASSWORD, username="gus", mobile="+436641234567", name="Gus")


def prove(typed: str, password: str = PASSWORD, *, address: str = "192.0.2.10", now: dt.datetime = NOW) -> User | None:
    return prove_password(typed, password, actor=visitor("gus", address=address), now=now)


def fail(times: int, typed: str = "gus", **where: object) -> None:
    for _ in range(times):
        assert prove(typed, "guessing", **where) is None


@pytest.mark.parametrize(
    "typed",
    [
        "gus@foyer.example", " GUS@Foyer.Example ", "gus", " Gus ",
        "+436641234567", "0664 1234567", "0043 664 1234567", "0664/1234567",
    ],
)  # fmt: skip
def test_prove_password_knows_people_by_address_number_or_name_however_typed(gus, typed):
    """AC2."""
    assert prove(typed) == gus


@pytest.mark.parametrize("typed", ["nobody", "nobody@foyer.example", "+436649999999", "\U0001f600" * 50, "+", "@"])
def test_prove_password_gives_nobody_for_who_is_not_there(gus, typed):
    assert prove(typed) is None


def test_prove_password_gives_nobody_for_a_closed_account(gus):
    User.objects.update(is_active=False)
    assert prove("gus") is None


def test_prove_password_keeps_of_a_failure_who_from_where_and_nothing_typed(gus):
    fail(1)
    record = Record.objects.get()
    assert (record.action, record.object_type, record.object_id) == (
        "account.login_failed",
        "accounts.user",
        str(gus.pk),
    )
    assert (record.address, record.data) == ("192.0.2.10", None)
    fail(1, "whoever@foyer.example")
    record = Record.objects.order_by("id").last()
    assert (record.action, record.object_type, record.data) == ("account.login_failed", "accounts.logintry", None)
    assert "whoever" not in LoginTry.objects.order_by("id").last().subject


def test_prove_password_locks_out_after_five_tries_and_says_when_to_try_again(gus):
    fail(5)
    with pytest.raises(LockedOut) as refusal:
        prove("gus", now=NOW + dt.timedelta(minutes=1))
    assert refusal.value.retry_after == 241
    assert LoginTry.objects.count() == 5
    assert prove("gus", now=NOW + dt.timedelta(minutes=5)) == gus


def test_prove_password_counts_a_person_once_by_whatever_they_are_called(gus):
    fail(2, "gus")
    fail(2, "gus@foyer.example")
    fail(1, "0664 1234567")
    with pytest.raises(LockedOut):
        prove("gus")


def test_prove_password_lets_the_owner_in_from_elsewhere(gus):
    fail(5)
    assert prove("gus", address="198.51.100.7") == gus


def test_prove_password_counts_an_address_over_many_people(gus):
    for number in range(30):
        fail(1, f"person{number}@foyer.example")
    with pytest.raises(LockedOut):
        prove("gus")
    assert prove("gus", address="198.51.100.7") == gus


def test_prove_password_counts_a_person_over_many_addresses(gus):
    for number in range(100):
        fail(1, address=f"198.51.100.{number}")
    with pytest.raises(LockedOut) as refusal:
        prove("gus", address="203.0.113.1", now=NOW + dt.timedelta(hours=1))
    assert refusal.value.retry_after == 23 * 3600 + 1
    accounts.forgive_person(gus)
    assert prove("gus", address="203.0.113.1", now=NOW + dt.timedelta(hours=1)) == gus


def test_prove_password_lets_the_owner_in_where_they_are_known_however_much_is_guessed_elsewhere(gus):
    for number in range(100):
        fail(1, address=f"198.51.100.{number}")
    with pytest.raises(LockedOut) as refusal:
        prove_password("gus", PASSWORD, actor=visitor("gus"), now=NOW, known_to_browser={gus.pk + 1})
    assert "in 24 hours" in str(refusal.value)
    known = prove_password("gus", PASSWORD, actor=visitor("gus"), now=NOW, known_to_browser={gus.pk})
    assert known == gus


def test_prove_password_forgets_failures_once_it_is_right_but_not_those_of_others(gus):
    fail(4)
    fail(1, "other@foyer.example")
    prove("gus")
    assert LoginTry.objects.count() == 1
    fail(4)
    assert prove("gus") == gus


def test_a_lock_out_is_logged_and_mailed_once(gus, run_outbox):
    fail(5)
    with pytest.raises(LockedOut):
        prove("gus")
    actions = [record.action for record in Record.objects.order_by("id")]
    assert actions == ["account.login_failed"] * 5 + ["account.locked_out"]
    run_outbox(now=NOW)
    [message] = mail.outbox
    assert (message.to, message.subject) == (
        ["gus@foyer.example"],
        "Somebody tried to log in to your account too often",
    )


def test_a_lock_out_of_nobody_is_logged_and_tells_nobody(run_outbox):
    fail(5, "nobody@foyer.example")
    assert Record.objects.filter(action="account.locked_out").count() == 1
    run_outbox(now=NOW)
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_twenty_guesses_at_once_are_five_tries():
    User.objects.create_user("gus@foyer.example", PASSWORD, username="gus")

    def guess(_: int) -> bool:
        try:
            return prove("gus", "guessing") is None
        except LockedOut:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(guess, range(20))) == [False] * 15 + [True] * 5
    assert LoginTry.objects.count() == 5


def test_forget_tries_deletes_the_old_ones_only(gus):
    fail(1)
    fail(1, now=NOW + dt.timedelta(hours=2))
    assert accounts.forget_tries(before=NOW + dt.timedelta(hours=1)) == 1
    assert LoginTry.objects.count() == 1
