"""AC3: an app that shows codes, and recovery codes: good once, never guessed, never readable in the database."""

import base64
import datetime as dt
from io import StringIO
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core.management import call_command
from django.test import override_settings

from core.accounts.actions import second_factor
from core.accounts.models import AuthenticatorApp, Membership, RecoveryCode, Role, User
from core.audit.models import Record
from core.kernel.actor import Actor
from e2e.cast import NOW, shown_by_app

pytestmark = pytest.mark.django_db
STEP = dt.timedelta(seconds=30)


@pytest.fixture
def person() -> User:
    return User.objects.create_user("olga@foyer.example", "opening-night")


@pytest.fixture
def other() -> User:
    return User.objects.create_user("bruno@foyer.example", "opening-night")


def actor(person: User) -> Actor:
    return Actor(holder=person.holder, user_id=person.pk, label=str(person), address="192.0.2.1")


def shown(secret: str, now: dt.datetime) -> str:
    return shown_by_app(secret, now=now)


def set_up(person: User, now: dt.datetime = NOW) -> tuple[str, list[str]]:
    with time_machine.travel(now, tick=False):
        offered = second_factor.offer(person)
        codes = second_factor.set_up(
            person, sealed=offered.sealed, typed=shown(offered.text, now), actor=actor(person), now=now
        )
    return offered.text, codes


def try_code(person: User, typed: str, now: dt.datetime) -> str:
    with time_machine.travel(now, tick=False):
        return second_factor.verify(person, typed, actor=actor(person), now=now)


def test_offer_names_the_house_the_person_and_a_secret_of_its_own(person):
    one, another = second_factor.offer(person), second_factor.offer(person)
    assert one.text != another.text
    said = parse_qs(urlsplit(one.address).query)
    assert (said["secret"], said["issuer"]) == ([one.text], ["Foyer"])
    assert urlsplit(one.address).path == "/Foyer%3Aolga%40foyer.example"
    assert second_factor.offer(person, sealed=one.sealed).text == one.text
    assert AuthenticatorApp.objects.count() == 0


def test_an_offer_to_somebody_else_is_refused(person, other):
    sealed = second_factor.offer(other).sealed
    for wrong in (sealed, "nonsense", sealed[:-4]):
        with pytest.raises(second_factor.WrongSecondStep):
            second_factor.offer(person, sealed=wrong)


def test_set_up_with_a_wrong_code_changes_nothing(person):
    offered = second_factor.offer(person)
    for wrong in ("000000", "12345", "abcdef", "", "١٢٣٤٥٦"):
        with pytest.raises(second_factor.WrongSecondStep):
            second_factor.set_up(person, sealed=offered.sealed, typed=wrong, actor=actor(person), now=NOW)
    assert AuthenticatorApp.objects.count() == RecoveryCode.objects.count() == Record.objects.count() == 0


def test_nothing_in_the_database_shows_secret_or_codes(person):
    secret, codes = set_up(person)
    app = AuthenticatorApp.objects.get()
    stored = [app.sealed_key, *RecoveryCode.objects.values_list("digest", flat=True)]
    plain = [secret, base64.b32decode(secret).hex(), *codes, *(code.replace("-", "") for code in codes)]
    assert [one for one in plain if any(one in row for row in stored)] == []
    assert len(set(codes)) == 10
    assert [record.action for record in Record.objects.all()] == ["account.second_factor_on"]


def test_a_code_of_the_app_is_taken_once(person):
    secret, _codes = set_up(person)
    later = NOW + 2 * STEP
    assert try_code(person, shown(secret, later), later) == "totp"
    with pytest.raises(second_factor.WrongSecondStep):
        try_code(person, shown(secret, later), later)


def test_the_code_that_set_the_app_up_does_not_log_in(person):
    secret, _codes = set_up(person)
    with pytest.raises(second_factor.WrongSecondStep):
        try_code(person, shown(secret, NOW), NOW)


def test_a_recovery_code_is_taken_once_however_it_is_typed(person):
    _secret, codes = set_up(person)
    assert try_code(person, codes[0].lower().replace("-", " "), NOW) == "recovery"
    assert second_factor.codes_left(AuthenticatorApp.objects.get()) == 9
    with pytest.raises(second_factor.WrongSecondStep):
        try_code(person, codes[0], NOW)
    assert try_code(person, codes[1], NOW + dt.timedelta(minutes=1)) == "recovery"


def test_codes_of_somebody_else_are_wrong(person, other):
    secret, codes = set_up(person)
    set_up(other)
    later = NOW + 2 * STEP
    for minute, typed in enumerate((codes[0], shown(secret, later))):
        with pytest.raises(second_factor.WrongSecondStep):
            try_code(other, typed, later + dt.timedelta(minutes=minute))
    assert second_factor.codes_left(AuthenticatorApp.objects.get(user=person)) == 10


def test_guessing_is_slowed_down_twice_as_much_each_time(person):
    secret, codes = set_up(person)
    now, waits = NOW + dt.timedelta(hours=1), []
    for _guess in range(14):
        with pytest.raises(second_factor.WrongSecondStep):
            try_code(person, "WRONG-WRONG", now)
        with pytest.raises(second_factor.SecondStepTooOften) as refused:
            try_code(person, codes[0], now)
        waits.append(refused.value.retry_after)
        now += dt.timedelta(seconds=waits[-1])
    assert waits == [2, 3, 5, 9, 17, 33, 65, 129, 257, 513, 1025, 2049, 2049, 2049]
    assert second_factor.codes_left(AuthenticatorApp.objects.get()) == 10
    assert try_code(person, shown(secret, now), now) == "totp"
    assert AuthenticatorApp.objects.get().throttling_failure_count == 0


def test_new_recovery_codes_make_the_old_ones_void(person):
    _secret, codes = set_up(person)
    fresh = second_factor.new_recovery_codes(person, actor=actor(person), now=NOW)
    assert set(fresh) & set(codes) == set()
    with pytest.raises(second_factor.WrongSecondStep):
        try_code(person, codes[0], NOW)
    assert try_code(person, fresh[0], NOW + dt.timedelta(minutes=1)) == "recovery"


def test_another_app_replaces_the_first_and_its_codes(person):
    first, codes = set_up(person)
    second, _fresh = set_up(person, NOW + dt.timedelta(hours=1))
    later = NOW + dt.timedelta(hours=2)
    assert AuthenticatorApp.objects.count() == 1
    for minute, typed in enumerate((shown(first, later), codes[0])):
        with pytest.raises(second_factor.WrongSecondStep):
            try_code(person, typed, later + dt.timedelta(minutes=minute))
    latest = later + dt.timedelta(hours=1)
    assert try_code(person, shown(second, latest), latest) == "totp"


@override_settings(SECRET_KEY="a-new-key-0123456789-abcdefghijklmnopqrst", SECRET_KEY_FALLBACKS=[])
def test_a_new_secret_key_needs_the_old_one_beside_it_until_all_is_sealed_again(person, settings):
    settings.SECRET_KEY, new = "the-old-key-0123456789-abcdefghijklmnopq", settings.SECRET_KEY
    secret, codes = set_up(person)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new, [settings.SECRET_KEY]
    later = NOW + 2 * STEP
    assert try_code(person, shown(secret, later), later) == "totp"
    assert try_code(person, codes[0], later) == "recovery"
    call_command("seal_apps_again", stdout=StringIO())
    settings.SECRET_KEY_FALLBACKS = []
    later += 2 * STEP
    assert try_code(person, shown(secret, later), later) == "totp"
    assert try_code(person, codes[1], later) == "recovery"


def test_switching_off_takes_app_and_codes(person):
    set_up(person)
    second_factor.switch_off(person, actor=actor(person), now=NOW)
    assert AuthenticatorApp.objects.count() == RecoveryCode.objects.count() == 0
    assert second_factor.needs_second_step(person) is False


@pytest.mark.parametrize(("role", "needs"), [(Role.OWNER, True), (Role.ACCOUNTANT, True), (Role.CLERK, False)])
def test_whose_role_asks_for_an_app_cannot_go_without(person, role, needs):
    from_house = Membership(user=person, role=role)
    from_house.organizer_id = _organizer()
    from_house.save()
    set_up(person)
    assert second_factor.needs_app(person) is needs
    assert second_factor.needs_second_step(person) is True
    if needs:
        with pytest.raises(second_factor.AppNeeded):
            second_factor.switch_off(person, actor=actor(person), now=NOW)
        assert AuthenticatorApp.objects.count() == 1
    else:
        second_factor.switch_off(person, actor=actor(person), now=NOW)
        assert second_factor.needs_second_step(person) is True


def _organizer() -> int:
    from_where = Membership._meta.get_field("organizer").related_model
    return from_where.objects.create(name="Lichtspiele", slug="lichtspiele").pk


def test_the_same_form_sent_twice_sets_the_app_up_once(person):
    offered = second_factor.offer(person)
    typed = shown(offered.text, NOW)
    second_factor.set_up(person, sealed=offered.sealed, typed=typed, actor=actor(person), now=NOW)
    app = AuthenticatorApp.objects.get()
    with pytest.raises(second_factor.WrongSecondStep):
        second_factor.set_up(person, sealed=offered.sealed, typed=typed, actor=actor(person), now=NOW)
    assert (AuthenticatorApp.objects.get().pk, second_factor.codes_left(app)) == (app.pk, 10)
