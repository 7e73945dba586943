"""How strong a password is (AC6)."""

import time

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from core.accounts.models import User
from core.accounts.passwords import FEEDBACK, Classes, StrongPassword, judge


@pytest.mark.parametrize(
    ("password", "score", "enough"),
    [
        ("", 0, False),
        ("1234567890", 0, False),
        ("qwertzuiop", 1, False),
        ("password12", 1, False),
        ("velvet!", 1, False),
        ("opening-night", 3, True),
        ("an evening out", 4, True),
    ],
)
def test_judge_gives_score_and_says_whether_it_is_enough(password, score, enough):
    found = judge(password)
    assert (found.score, found.is_enough, found.length) == (score, enough, len(password))


def test_judge_names_the_classes_of_characters():
    assert judge("aB3!").classes == Classes(small=True, capital=True, digits=True, signs=True)
    assert judge("ß Ü ٣").classes == Classes(small=True, capital=True, digits=True, signs=True)
    assert judge("").classes == Classes(small=False, capital=False, digits=False, signs=False)


def test_judge_says_what_would_be_better():
    assert judge("qwertzuiop").feedback == (
        "Many people use this password.",
        "Add a word or two, the rarer the better.",
    )
    assert judge("an evening out").feedback == ()


def test_judge_knows_whose_password_it_is():
    about = ("Amina Yilmaz", "amina@lichtspiele.example")
    assert judge("lichtspiele").is_enough
    assert not judge("lichtspiele", about=about).is_enough


def test_judge_never_calls_a_short_password_good():
    assert judge("x9$Kq!2z").level == "Not quite enough"


def test_judge_takes_no_time_whatever_is_typed():
    """What is made to be slow took zxcvbn seconds."""
    begun = time.process_time()
    found = judge("4@8({[<369&#!1/|0$5+7%2/9" * 4_000)
    assert time.process_time() - begun < 2
    assert found.length == 100_000


def test_judge_tells_it_as_the_programming_interface_does():
    assert judge("velvet curtain").as_json() == {
        "score": 3,
        "level": "Good",
        "length": 14,
        "least_length": 10,
        "is_enough": True,
        "classes": {"small": True, "capital": False, "digits": False, "signs": True},
        "feedback": (),
    }


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "Use at least 10 characters."),
        ("1234567890", "This password is too easy to guess. This is one of the most common passwords."),
        ("lichtspiele", "This password is too easy to guess."),
    ],
)
def test_the_server_enforces_the_same_rule(password, said):
    amina = User(email="amina@lichtspiele.example", name="Amina Yilmaz")
    with pytest.raises(ValidationError) as refusal:
        validate_password(password, amina)
    assert refusal.value.messages[0].startswith(said)
    assert validate_password("velvet curtain", amina) is None


def test_all_feedback_is_in_our_own_words():
    assert set(map(str, FEEDBACK.values())).isdisjoint(FEEDBACK)
    assert "10 characters" in StrongPassword().get_help_text()
