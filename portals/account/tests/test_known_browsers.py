"""A login with a browser that does not know the person is told to them (AC10, NO1)."""

import pytest
from django.test import Client
from django.urls import reverse

from core.notifications.models import Delivery, Notification

FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


@pytest.fixture(autouse=True)
def no_second_step(amina):
    """Amina is a customer: her password is enough."""
    assert not amina.is_staff


def log_in(client, user):
    answer = client.post(reverse("account_login"), {"login": user.email, "password": "opening-night"}, headers=FIREFOX)
    assert answer.status_code == 302
    assert "_auth_user_id" in client.session


def told(user) -> int:
    return Notification.objects.of(user).filter(kind="new_login").count()


def test_the_first_login_of_all_is_no_news(client, amina):
    log_in(client, amina)
    assert told(amina) == 0


def test_a_login_with_another_browser_is_told_with_its_name_once(client, amina):
    log_in(client, amina)
    other = Client()
    log_in(other, amina)
    assert told(amina) == 1
    assert Notification.objects.get().words["device"] == "Firefox on Linux"
    assert Delivery.objects.get(kind="new_login").to == amina.email
    for known in (client, other):
        known.post(reverse("account_logout"))
        log_in(known, amina)
    assert told(amina) == 1


def test_a_browser_that_knows_somebody_else_is_new_to_me(client, amina, bruno):
    log_in(Client(), amina)
    log_in(client, bruno)
    client.post(reverse("account_logout"))
    log_in(client, amina)
    assert (told(amina), told(bruno)) == (1, 0)
    client.post(reverse("account_logout"))
    log_in(client, bruno)
    assert told(bruno) == 0


def test_a_forged_cookie_makes_no_browser_known(client, amina):
    log_in(Client(), amina)
    client.cookies["known"] = f"{amina.pk}:1abc:forged"
    log_in(client, amina)
    assert told(amina) == 1


def test_the_cookie_is_for_the_server_alone(client, amina):
    log_in(client, amina)
    morsel = client.cookies["known"]
    assert (morsel["httponly"], morsel["samesite"], morsel["path"]) == (True, "Lax", "/")
