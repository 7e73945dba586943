"""AC2 and AC3: setting the second step up and off, recovery codes shown once, sessions listed and ended."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from core.accounts.actions import second_factor
from core.accounts.models import AuthenticatorApp, User
from core.audit.models import Record
from e2e.cast import NOW, log_in, shown_by_app, user_actor

pytestmark = pytest.mark.django_db
PASSWORD = "opening-night"
SECURITY, APP, REMOVAL = reverse("account_security"), reverse("account_app"), reverse("account_app_removal")
CODES, KEPT = reverse("account_recovery_codes"), reverse("account_recovery_codes_kept")
CODES_FILE, END_OTHERS = reverse("account_recovery_codes_file"), reverse("account_sessions_end")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E Safari/604"


@pytest.fixture
def clock() -> Iterator[time_machine.travel]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _clock(clock: time_machine.travel) -> None:
    """The clock stands still until a test moves it."""


@pytest.fixture
def hers(client: Client, amina: User) -> Client:
    """Amina, logged in by her password a moment ago."""
    client.post(reverse("account_login"), {"login": amina.email, "password": PASSWORD}, HTTP_USER_AGENT=FIREFOX)
    return client


def set_up(client: Client, **more: str) -> tuple[str, list[str]]:
    """An app on a page that asks for no password; its secret, and the codes that the next page shows."""
    offer = client.get(APP).context["offer"]
    posted = {"sealed": offer.sealed, "code": shown_by_app(offer.text, now=dt.datetime.now(dt.UTC)), **more}
    assert client.post(APP, posted)["Location"].startswith(CODES)
    return offer.text, client.get(CODES).context["codes"]


# --- the app


def test_setting_up_shows_the_secret_as_picture_and_text_and_the_codes_once(hers, amina, run_outbox):
    page = hers.get(APP)
    assert (page.context["offer"].text in page.text, page.text.count('<svg class="qr"')) == (True, 1)
    _secret, codes = set_up(hers)
    assert (len(codes), hers.get(CODES).context["codes"]) == (10, codes)
    assert hers.get(CODES_FILE).text.split()[-10:] == codes
    assert hers.post(KEPT)["Location"] == SECURITY
    assert hers.get(CODES).context["codes"] == []
    assert hers.get(CODES_FILE).status_code == 404
    assert "Authenticator app set up" in hers.get(SECURITY).text
    run_outbox()
    assert [one.subject for one in mail.outbox if one.to == [amina.email]][-1:] == [
        "The second step of your login was changed"
    ]
    assert hers.session["second_step"] == {"user": amina.pk, "how": "totp"}


def test_a_wrong_code_keeps_the_same_secret_on_the_page(hers):
    offer = hers.get(APP).context["offer"]
    refused = hers.post(APP, {"sealed": offer.sealed, "code": "000000"})
    assert (refused.status_code, refused.context["offer"].text) == (422, offer.text)
    assert refused.context["form"].errors.keys() == {"code"}
    assert AuthenticatorApp.objects.count() == 0


@pytest.mark.parametrize("sealed", ["", "nonsense", "x" * 5000])
def test_a_secret_that_was_not_offered_is_not_taken(hers, sealed):
    answer = hers.post(APP, {"sealed": sealed, "code": "123456"})
    assert answer.status_code in {302, 422}
    assert AuthenticatorApp.objects.count() == 0


def test_some_time_after_the_login_the_password_is_asked_for(hers, clock):
    clock.shift(11 * 60)
    offer = hers.get(APP).context["offer"]
    posted = {"sealed": offer.sealed, "code": shown_by_app(offer.text, now=NOW + dt.timedelta(minutes=11))}
    for proof, status in (("", 422), ("guess", 422), (PASSWORD, 302)):
        assert AuthenticatorApp.objects.count() == 0
        assert hers.post(APP, posted | {"proof": proof}).status_code == status
    assert AuthenticatorApp.objects.count() == 1


def test_another_app_asks_for_password_or_code_of_the_one_before(hers, clock):
    first, _codes = set_up(hers)
    clock.shift(60)
    offer, now = hers.get(APP).context["offer"], NOW + dt.timedelta(minutes=1)
    posted = {"sealed": offer.sealed, "code": shown_by_app(offer.text, now=now)}
    assert hers.post(APP, posted).status_code == 422
    assert hers.post(APP, posted | {"proof": "000000"}).status_code == 422
    clock.shift(60)
    now += dt.timedelta(minutes=1)
    posted["code"] = shown_by_app(offer.text, now=now)
    assert hers.post(APP, posted | {"proof": shown_by_app(first, now=now)}).status_code == 302
    assert Record.objects.filter(action="account.second_factor_on").count() == 2


def test_switching_off_asks_for_a_proof(hers, clock, amina):
    _secret, _codes = set_up(hers)
    clock.shift(60)
    assert hers.post(REMOVAL, {"proof": ""}).status_code == 422
    assert hers.post(REMOVAL, {"proof": "not it"}).status_code == 422
    assert AuthenticatorApp.objects.count() == 1
    assert hers.post(REMOVAL, {"proof": PASSWORD})["Location"] == SECURITY
    assert AuthenticatorApp.objects.count() == 0
    assert hers.get(REMOVAL)["Location"] == SECURITY


def test_guessing_the_password_there_is_limited_as_at_the_login(hers):
    set_up(hers)
    answers = [hers.post(REMOVAL, {"proof": f"guess {number}"}).status_code for number in range(7)]
    assert answers == [422] * 5 + [429] * 2
    assert hers.post(REMOVAL, {"proof": PASSWORD}).status_code == 429
    assert AuthenticatorApp.objects.count() == 1


def test_new_recovery_codes_ask_for_a_proof_and_replace_the_old(hers, clock):
    _secret, codes = set_up(hers)
    hers.post(KEPT)
    assert hers.post(CODES, {"proof": "not it"}).status_code == 422
    assert hers.post(CODES, {"proof": codes[0]})["Location"] == CODES
    fresh = hers.get(CODES).context["codes"]
    assert (len(fresh), set(fresh) & set(codes)) == (10, set())


def test_an_owner_cannot_switch_it_off(client, olga):
    offered = second_factor.offer(olga)
    typed = shown_by_app(offered.text, now=NOW)
    second_factor.set_up(olga, sealed=offered.sealed, typed=typed, actor=user_actor(olga), now=NOW)
    log_in(client, olga)
    assert REMOVAL not in client.get(SECURITY).text
    refused = client.post(REMOVAL, {"proof": PASSWORD})
    assert (refused.status_code, AuthenticatorApp.objects.count()) == (409, 1)


def test_a_session_without_the_step_cannot_change_it(client, hers, amina):
    set_up(hers)
    other = Client()
    other.force_login(amina)
    for page in (SECURITY, APP, REMOVAL, CODES):
        assert other.get(page)["Location"].startswith(reverse("account_second_step"))
        if page != SECURITY:
            assert other.post(page, {"proof": PASSWORD})["Location"].startswith(reverse("account_second_step"))
    assert AuthenticatorApp.objects.count() == 1


@pytest.mark.parametrize("page", [SECURITY, APP, REMOVAL, CODES, CODES_FILE])
def test_visitors_are_led_to_the_login(client, page):
    assert client.get(page)["Location"] == f"/login/?next={page}"


def test_codes_in_a_session_are_sealed_and_only_for_whom_they_are(hers, bruno):
    _secret, codes = set_up(hers)
    assert [code for code in codes if code in str(dict(hers.session))] == []
    hers.force_login(bruno)
    assert hers.get(CODES_FILE).status_code == 404


# --- sessions


def phone(amina: User) -> Client:
    """Amina's phone, logged in too."""
    other = Client(HTTP_USER_AGENT=IPHONE, REMOTE_ADDR="198.51.100.7")
    other.post(reverse("account_login"), {"login": amina.email, "password": PASSWORD})
    return other


def shown(client: Client) -> list[tuple[str, str, bool]]:
    return [(one.device, one.address, one.is_this) for one in client.get(SECURITY).context["sessions"]]


def test_sessions_are_listed_this_one_first(hers, amina):
    phone(amina)
    assert shown(hers) == [("Firefox on Linux", "127.0.0.1", True), ("Safari on iPhone", "198.51.100.7", False)]


def test_one_session_is_ended_and_no_other(hers, amina):
    other = phone(amina)
    pk = hers.get(SECURITY).context["sessions"][1].pk
    assert hers.post(reverse("account_session_end", args=[pk]))["Location"] == SECURITY
    assert other.get(SECURITY).status_code == 302
    assert shown(hers) == [("Firefox on Linux", "127.0.0.1", True)]
    assert Record.objects.filter(action="account.session_ended").count() == 1


def test_all_others_are_ended_also_one_that_is_in_no_list(hers, amina):
    other, unlisted = phone(amina), Client()
    unlisted.force_login(amina)
    assert hers.post(END_OTHERS)["Location"] == SECURITY
    for ended in (other, unlisted):
        assert ended.get(SECURITY).status_code == 302
    assert shown(hers) == [("Firefox on Linux", "127.0.0.1", True)]


def test_the_session_of_somebody_else_is_not_there(hers, client, amina, bruno):
    pk = hers.get(SECURITY).context["sessions"][0].pk
    his = Client()
    his.force_login(bruno)
    assert his.post(reverse("account_session_end", args=[pk])).status_code == 404
    assert hers.get(SECURITY).status_code == 200
    assert Client().post(reverse("account_session_end", args=[pk])).status_code == 302
    assert hers.get(SECURITY).status_code == 200


def test_a_new_password_ends_the_others(hers, amina):
    other = phone(amina)
    hers.post(reverse("account_change_password"), {"password": PASSWORD, "new_password": "quite another song"})
    assert other.get(SECURITY).status_code == 302
    assert [one.is_this for one in hers.get(SECURITY).context["sessions"]] == [True]


def test_last_seen_moves_on_now_and_then_and_costs_nothing_between(hers, clock, django_assert_max_num_queries):
    page = reverse("customer:tickets")
    hers.get(page)
    with django_assert_max_num_queries(9) as between:
        hers.get(page)
    assert {query["sql"][:6] for query in between} == {"SELECT"}
    clock.shift(601)
    hers.get(page)
    assert hers.get(SECURITY).context["sessions"][0].seen == NOW + dt.timedelta(seconds=601)
    with django_assert_max_num_queries(9) as later:
        hers.get(page)
    assert [query["sql"][:20] for query in later] == [query["sql"][:20] for query in between]


def test_other_peoples_events_are_not_told(hers, amina, bruno):
    his = Client()
    his.post(reverse("account_login"), {"login": bruno.email, "password": "wrong"})
    assert "A wrong password" not in hers.get(SECURITY).text
    Client().post(reverse("account_login"), {"login": amina.email, "password": "wrong"})
    assert "A wrong password" in hers.get(SECURITY).text


@pytest.mark.parametrize("chosen", ["curta-inup9", "ab " + "long enough " * 40])
def test_a_password_that_looks_like_a_recovery_code_or_is_long_switches_the_app_off(hers, amina, chosen):
    set_up(hers)
    amina.set_password(chosen)
    amina.save()
    mine = Client()
    log_in(mine, amina)
    failures = AuthenticatorApp.objects.get().throttling_failure_count
    refused = mine.post(REMOVAL, {"proof": "abcde-fghij"})
    assert (refused.status_code, AuthenticatorApp.objects.get().throttling_failure_count) == (422, failures)
    assert mine.post(REMOVAL, {"proof": chosen})["Location"] == SECURITY
    assert AuthenticatorApp.objects.count() == 0
