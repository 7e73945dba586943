"""How strong a password is while it is typed (AC6)."""

import logging

import pytest
from django.urls import reverse

from portals.account.tests.entering import NORA, SIGNUP

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
STRENGTH = reverse("account_password_strength")


def test_the_part_tells_level_feedback_classes_and_length_ac6(client):
    part = client.post(STRENGTH, {"new_password": "Qwertzuiop"}).text
    assert 'data-score="1"' in part
    for said in ("Weak", "Many people use this password.", "10 characters of at least 10", "capitals", "digits"):
        assert said in part
    assert part.count("data-met") == 3


def test_the_part_knows_what_else_was_typed_into_the_form(client):
    alone = client.post(STRENGTH, {"new_password": "lichtspiele"}).text
    about = client.post(STRENGTH, {"new_password": "lichtspiele", "email": "nora@lichtspiele.example"}).text
    assert ('data-score="4"' in alone, 'data-score="4"' in about) == (True, False)


@pytest.mark.parametrize("typed", ["", "\x00" * 20, "x" * 500_000, "\U0001f600" * 40, "<script>alert(1)</script>"])
def test_the_part_bears_whatever_is_typed(client, typed):
    response = client.post(STRENGTH, {"new_password": typed})
    assert response.status_code == 200
    assert "<script>" not in response.text


def test_what_is_typed_is_not_logged(client, caplog):
    with caplog.at_level(logging.DEBUG):
        client.post(STRENGTH, {"new_password": "an evening out of town"})
        client.post(SIGNUP, NORA | {"new_password": "an evening out of town"})
    assert "an evening out of town" not in caplog.text


def test_the_part_falls_silent_after_sixty_questions_a_minute(client):
    answers = [client.post(STRENGTH, {"new_password": "an"}).status_code for _ in range(61)]
    assert answers == [200] * 60 + [204]


def test_the_part_is_asked_for_by_posting_only(client):
    assert client.get(STRENGTH).status_code == 405


def test_the_field_asks_for_it_and_never_sends_the_present_password(client, known):
    client.force_login(known)
    page = client.get(reverse("account_change_password")).text
    assert f'hx-post="{STRENGTH}"' in page
    assert 'hx-params="new_password,name,email,mobile"' in page
