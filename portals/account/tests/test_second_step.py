"""AC3: nobody is logged in before the second step is done; a door of the staff asks for it whatever came before."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from core.accounts.actions import second_factor
from core.accounts.models import Code, Membership, Role, User
from core.audit.models import Record
from e2e.cast import NOW, log_in, shown_by_app, user_actor

pytestmark = pytest.mark.django_db
PASSWORD = "opening-night"
STEP, SEND = reverse("account_second_step"), reverse("account_second_step_code")
LOGIN, ORGANIZER_LOGIN, HOME = reverse("account_login"), reverse("organizer_login"), reverse("organizer:home")


@pytest.fixture
def clock() -> Iterator[time_machine.travel]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _clock(clock: time_machine.travel) -> None:
    """The clock stands still until a test moves it."""


def with_app(user: User) -> tuple[str, list[str]]:
    """An app set up an hour ago; its secret, and the recovery codes."""
    offered = second_factor.offer(user)
    before = NOW - dt.timedelta(hours=1)
    typed = shown_by_app(offered.text, now=before)
    codes = second_factor.set_up(user, sealed=offered.sealed, typed=typed, actor=user_actor(user), now=before)
    return offered.text, codes


def password(client: Client, user: User, door: str = LOGIN, **more: str):
    return client.post(door, {"login": user.email, "password": PASSWORD, **more})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def sent_code(run_outbox) -> str:
    run_outbox()
    return re.search(r"\b\d{6}\b", str(mail.outbox[-1].subject) + str(mail.outbox[-1].body))[0]


# --- who is asked


def test_a_customer_is_not_asked(client, amina):
    assert password(client, amina)["Location"] == reverse("customer:tickets")
    assert is_in(client)


def test_a_customer_who_switched_it_on_is_asked(client, amina):
    secret, _codes = with_app(amina)
    assert password(client, amina, next="/bookings/")["Location"] == STEP
    assert not is_in(client)
    assert client.get(STEP).status_code == 200
    assert client.post(STEP, {"code": shown_by_app(secret, now=NOW)})["Location"] == "/bookings/"
    assert is_in(client)


@pytest.mark.parametrize("name", ["olga", "otto", "gus", "mei", "ada"])
@pytest.mark.parametrize("door", ["account_login", "organizer_login", "merchant_login", "checkin_login"])
def test_staff_are_asked_at_every_door(client, request, name, door):
    user = request.getfixturevalue(name)
    assert password(client, user, reverse(door))["Location"] == STEP
    assert not is_in(client)


# --- by what


def test_without_an_app_a_code_is_mailed_and_logs_in_once(client, otto, run_outbox):
    password(client, otto, ORGANIZER_LOGIN)
    page = client.get(STEP)
    assert ("o···@foyer.example" in page.text, 'data-portal="organizer"' in page.text) == (True, True)
    code = sent_code(run_outbox)
    assert client.post(STEP, {"code": code})["Location"] == HOME
    assert client.session["second_step"] == {"user": otto.pk, "how": "mail"}
    assert client.get(HOME).status_code == 200
    other = Client()
    password(other, otto, ORGANIZER_LOGIN)
    assert other.post(STEP, {"code": code}).status_code == 422
    assert not is_in(other)


def test_with_a_proved_mobile_the_code_goes_there(client, otto):
    otto.mobile, otto.mobile_verified_at = "+436601234534", NOW
    otto.save()
    password(client, otto)
    assert Code.objects.get().destination == "+436601234534"
    assert "···· 34" in client.get(STEP).text


def test_with_an_app_no_code_is_sent_and_none_is_taken(client, otto):
    with_app(otto)
    password(client, otto)
    assert Code.objects.count() == 0
    assert client.post(SEND)["Location"] == STEP
    assert Code.objects.count() == 0


def test_a_recovery_code_logs_in_once_and_the_person_is_told(client, olga, run_outbox):
    _secret, codes = with_app(olga)
    password(client, olga, ORGANIZER_LOGIN)
    assert client.post(STEP, {"code": codes[3]})["Location"] == HOME
    assert client.get(HOME).status_code == 200
    other = Client()
    password(other, olga)
    assert other.post(STEP, {"code": codes[3]}).status_code == 422
    assert not is_in(other)
    run_outbox()
    told = [one for one in mail.outbox if one.subject == "The second step of your login was changed"]
    assert [("A recovery code was used." in str(one.body), one.to) for one in told] == [(True, [olga.email])]


def test_another_code_can_be_asked_for_after_a_minute(client, otto, clock):
    password(client, otto)
    refused = client.post(SEND)
    assert (refused.status_code, refused["Retry-After"]) == (429, "61")
    clock.shift(61)
    assert client.post(SEND).status_code == 302
    assert Code.objects.count() == 2


def test_who_can_have_no_code_now_is_told_from_when_on_at_once(client, otto, clock):
    for _minute in range(5):
        password(Client(), otto)
        clock.shift(61)
    password(client, otto)
    page = client.get(STEP)
    assert (page.status_code, Code.objects.count()) == (200, 5)
    assert "You can ask for another one in 55 minutes." in page.text
    assert ('name="code"' in page.text, "Type it here" in page.text) == (False, False)


def test_others_who_ask_for_a_new_password_do_not_keep_staff_out(client, otto):
    Client().post(reverse("account_reset_password"), {"login": otto.email})
    password(client, otto)
    assert [code.purpose for code in Code.objects.order_by("pk")] == ["reset", "login"]
    assert 'name="code"' in client.get(STEP).text


# --- guessing


def test_codes_of_the_app_cannot_be_guessed(client, olga):
    secret, _codes = with_app(olga)
    password(client, olga)
    answers = [client.post(STEP, {"code": f"{guess:06d}"}).status_code for guess in range(20)]
    assert answers == [422] + [429] * 19
    assert client.post(STEP, {"code": shown_by_app(secret, now=NOW)}).status_code == 429
    assert not is_in(client)
    assert Record.objects.filter(action="account.second_step_failed").count() == 1


def test_a_mailed_code_cannot_be_guessed(client, otto, run_outbox):
    password(client, otto)
    code = sent_code(run_outbox)
    wrong = [one for one in (f"{number:06d}" for number in range(7)) if one != code][:5]
    assert [client.post(STEP, {"code": one}).status_code for one in wrong] == [422] * 5
    assert client.post(STEP, {"code": code}).status_code == 422
    assert not is_in(client)


def test_a_code_that_was_mailed_to_one_browser_does_not_open_another(client, otto, run_outbox, clock):
    password(client, otto)
    code = sent_code(run_outbox)
    other = Client()
    password(other, otto)
    assert other.post(STEP, {"code": code}).status_code == 422
    assert not is_in(other)


def test_who_guesses_behind_a_known_password_is_told_of_once(client, olga, clock, run_outbox):
    """The person whose password it is hears of it, in the list and by mail."""
    with_app(olga)
    password(client, olga)
    for _guess in range(7):
        assert client.post(STEP, {"code": "WRONG-WRONG"}).status_code == 422
        clock.shift(100)
    run_outbox()
    assert [one.subject for one in mail.outbox if one.to == [olga.email]] == [
        "Somebody guesses the codes of your login"
    ]


# --- going round it


@pytest.mark.parametrize(
    "name", ["organizer:home", "organizer:team", "organizer:houses", "account_security", "account_app"]
)
def test_in_the_middle_of_a_login_no_page_opens(client, olga, name):
    password(client, olga)
    assert client.get(reverse(name)).status_code == 302
    assert "login" in client.get(reverse(name))["Location"]


def test_a_session_without_the_step_opens_no_staff_page(client, olga, gus, mei, ada, settings):
    """However it came about: by a cookie that remembers, or before the person became staff."""
    for user, page in ((olga, HOME), (gus, reverse("checkin:home")), (mei, reverse("merchant:home"))):
        client.force_login(user)
        assert client.get(page)["Location"] == f"{STEP}?next={page.replace('/', '%2F')}"
    client.force_login(ada)
    desk = f"/{settings.ADMIN_PATH}/"
    for page in (desk, f"{desk}lapsed-holds/", f"{desk}accounts/user/"):
        assert client.get(page)["Location"] == f"{STEP}?next={page.replace('/', '%2F')}"


def test_who_becomes_staff_while_logged_in_does_the_step_then(client, house, amina, run_outbox):
    password(client, amina)
    Membership.objects.create(user=amina, organizer=house.organizer, role=Role.CLERK)
    assert client.get(HOME)["Location"] == f"{STEP}?next=%2Forganizer%2F"
    page = f"{STEP}?next=/organizer/"
    assert "Send the code" in client.get(page).text
    client.post(SEND, {"next": "/organizer/"})
    assert client.post(STEP, {"code": sent_code(run_outbox), "next": "/organizer/"})["Location"] == HOME
    assert client.get(HOME).status_code == 200


def test_the_step_of_somebody_else_does_not_count(client, olga, otto):
    log_in(client, olga)
    session = client.session
    session["second_step"]["user"] = otto.pk
    session.save()
    assert client.get(HOME).status_code == 302


def test_the_step_never_leads_away(client, otto, run_outbox):
    client.force_login(otto)
    client.post(SEND)
    posted = {"code": sent_code(run_outbox), "next": "https://evil.example/"}
    assert client.post(STEP, posted)["Location"] == reverse("customer:tickets")


def test_nobody_has_nothing_to_do_there(client):
    assert client.get(STEP)["Location"] == reverse("customer:tickets")
    assert client.post(SEND).status_code == 302
    assert Code.objects.count() == 0


# --- roles that need an app


@pytest.mark.parametrize(("name", "page"), [("olga", "organizer:home"), ("mei", "merchant:home")])
def test_owners_reach_nothing_before_their_app_is_set_up(client, request, run_outbox, name, page):
    user = request.getfixturevalue(name)
    page = reverse(page)
    password(client, user, f"{page}login/")
    client.post(STEP, {"code": sent_code(run_outbox)})
    asked = client.get(page)
    assert asked["Location"] == f"{reverse('account_app')}?next={page.replace('/', '%2F')}"
    setting_up = client.get(asked["Location"])
    offer = setting_up.context["offer"]
    posted = {"sealed": offer.sealed, "code": shown_by_app(offer.text, now=NOW), "next": page}
    codes = client.post(reverse("account_app"), posted)
    assert codes["Location"] == f"{reverse('account_recovery_codes')}?next={page.replace('/', '%2F')}"
    assert client.post(reverse("account_recovery_codes_kept"), {"next": page})["Location"] == page
    assert client.get(page).status_code == 200


def test_administrators_reach_no_desk_before_their_app_is_set_up(client, ada, run_outbox, settings):
    password(client, ada)
    client.post(STEP, {"code": sent_code(run_outbox)})
    desk = f"/{settings.ADMIN_PATH}/"
    assert client.get(desk)["Location"] == f"{reverse('account_app')}?next=%2F{settings.ADMIN_PATH}%2F"


def test_a_clerk_needs_none(client, otto, run_outbox):
    password(client, otto)
    client.post(STEP, {"code": sent_code(run_outbox)})
    assert client.get(HOME).status_code == 200


# --- how it looks


@pytest.mark.parametrize("door", ["organizer", "merchant", "checkin"])
def test_a_door_its_reset_and_what_follows_look_alike(client, otto, mei, gus, door):
    user = {"organizer": otto, "merchant": mei, "checkin": gus}[door]
    look = f'data-portal="{door}"'
    assert look in client.get(f"/{door}/login/").text
    assert look in client.get(f"/{door}/password/reset/").text
    password(client, user, f"/{door}/login/")
    assert look in client.get(STEP).text
    log_in(client, user)
    client.get(f"/{door}/")
    assert look in client.get(reverse("account_app")).text


def test_the_customers_door_is_not_a_staff_door(client, otto):
    password(client, otto, ORGANIZER_LOGIN)
    password(client, otto, LOGIN)
    assert 'data-portal="customer"' in client.get(STEP).text


def test_a_wrong_login_is_told_at_the_same_door(client, otto):
    answer = client.post(ORGANIZER_LOGIN, {"login": otto.email, "password": "guess"})
    assert (answer.status_code, 'data-portal="organizer"' in answer.text) == (422, True)
    assert not is_in(client)


def test_a_part_of_a_page_leads_the_whole_page_to_the_step(client, otto):
    client.force_login(otto)
    answer = client.get(HOME, HTTP_HX_REQUEST="true")
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"{STEP}?next=%2Forganizer%2F")
