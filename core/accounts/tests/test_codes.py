"""One-time codes (AC8)."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from core.accounts.actions import forget_codes, make_code, use_code
from core.accounts.models import Code
from core.accounts.refusals import CodeTooOften, WrongCode
from e2e.cast import NOW, visitor

PROOF = Code.Purpose.PROOF
TO = "amina@foyer.example"


def make(*, to: str = TO, now: dt.datetime = NOW, address: str = "192.0.2.10", who: str = "amina") -> str:
    _, plain = make_code(PROOF, destination=to, actor=visitor(who, address=address), now=now)
    return plain


def use(plain: str, *, now: dt.datetime = NOW, who: str = "amina") -> Code:
    return use_code(PROOF, destination=TO, plain=plain, actor=visitor(who), now=now)


def wrong(plain: str) -> str:
    return f"{(int(plain) + 1) % 1_000_000:06d}"


def test_use_code_takes_it_once(db):
    plain = make()
    assert use(plain).used_at == NOW
    with pytest.raises(WrongCode):
        use(plain)


def test_make_code_keeps_no_plain_text(db):
    plain = make()
    code = Code.objects.get()
    assert plain not in {code.hash, code.bound_to, code.destination}
    assert len(code.hash) == 64


def test_use_code_refuses_after_five_minutes(db):
    plain = make()
    with pytest.raises(WrongCode):
        use(plain, now=NOW + dt.timedelta(minutes=5))
    assert Code.objects.get().used_at is None


def test_use_code_refuses_the_right_code_after_five_wrong_ones(db):
    plain = make()
    for _ in range(5):
        with pytest.raises(WrongCode):
            use(wrong(plain))
    with pytest.raises(WrongCode):
        use(plain)
    assert (Code.objects.get().attempts, Code.objects.get().used_at) == (5, None)


def test_use_code_refuses_another_screen(db):
    plain = make()
    with pytest.raises(WrongCode):
        use(plain, who="bruno")


def test_make_code_ends_the_older_one(db):
    first = make()
    second = make(now=NOW + dt.timedelta(minutes=2))
    later = NOW + dt.timedelta(minutes=3)
    if first != second:
        with pytest.raises(WrongCode):
            use(first, now=later)
    assert use(second, now=later).used_at == later


def test_make_code_refuses_twice_a_minute_and_says_when(db):
    make()
    with pytest.raises(CodeTooOften) as refusal:
        make(now=NOW + dt.timedelta(seconds=20), address="198.51.100.7")
    assert refusal.value.retry_after == 41
    assert Code.objects.count() == 1


def test_make_code_refuses_the_sixth_within_an_hour(db):
    for minute in range(0, 50, 10):
        make(now=NOW + dt.timedelta(minutes=minute), address=f"192.0.2.{minute + 1}")
    with pytest.raises(CodeTooOften) as refusal:
        make(now=NOW + dt.timedelta(minutes=50), address="192.0.2.200")
    assert refusal.value.retry_after == 601
    assert Code.objects.count() == 5


def test_make_code_limits_one_client_address_over_many_destinations(db):
    make(to="one@foyer.example", who="one")
    with pytest.raises(CodeTooOften):
        make(to="two@foyer.example", who="two", now=NOW + dt.timedelta(seconds=30))
    assert Code.objects.count() == 1


@pytest.mark.parametrize("purpose", [Code.Purpose.LOGIN, Code.Purpose.CONFIRM])
@pytest.mark.parametrize(
    "used_up", [Code.Purpose.RESET, Code.Purpose.REGISTER, Code.Purpose.PROOF, Code.Purpose.CHANGE]
)
def test_make_code_sends_people_their_own_when_others_have_asked_for_other_codes_to_them(db, purpose, used_up):
    for minute in range(5):
        actor, at = visitor("x", address=f"198.51.100.{minute}"), NOW + dt.timedelta(minutes=minute)
        make_code(used_up, destination=TO, actor=actor, now=at)
    make_code(purpose, destination=TO, actor=visitor("amina"), now=NOW + dt.timedelta(minutes=4))
    assert Code.objects.count() == 6


def test_make_code_lets_thirty_people_log_in_from_one_client_address_within_an_hour(db):
    for number in range(30):
        make_code(Code.Purpose.LOGIN, destination=f"otto{number}@foyer.example", actor=visitor("otto"), now=NOW)
    with pytest.raises(CodeTooOften) as refusal:
        make_code(Code.Purpose.LOGIN, destination=TO, actor=visitor("amina"), now=NOW)
    assert (refusal.value.retry_after, Code.objects.count()) == (3601, 30)


def test_forget_codes_deletes_the_old_ones_only(db):
    make()
    make(now=NOW + dt.timedelta(hours=2))
    assert forget_codes(before=NOW + dt.timedelta(hours=1)) == 1
    assert Code.objects.get().sent_at == NOW + dt.timedelta(hours=2)


@pytest.mark.django_db(transaction=True)
def test_twenty_requests_at_once_send_one_code():
    def ask(_: int) -> bool:
        try:
            make()
        except CodeTooOften:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(ask, range(20))) == [False] * 19 + [True]


@pytest.mark.django_db(transaction=True)
def test_twenty_guesses_at_once_count_as_five_tries():
    plain = make()

    def guess(_: int) -> None:
        try:
            use(wrong(plain))
        except WrongCode:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(guess, range(20)))
    assert Code.objects.get().attempts == 5
