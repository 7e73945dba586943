"""AC11: those whom a person buys for, and nobody else ever sees them."""

import datetime as dt

import pytest
from django.urls import reverse

from core.accounts.models import Dependent
from e2e.cast import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LIST, NEW = reverse("account_dependents"), reverse("account_dependent_new")
SAID = {"name": "Nora", "relation": "child", "born_on": "2019-05-23", "door_notes": "Sits at the aisle."}


@pytest.fixture
def nora(amina):
    return Dependent.objects.create(
        user=amina, name="Nora", relation="child", born_on=dt.date(2019, 5, 23), created_at=NOW
    )


def rows():
    return list(Dependent.objects.order_by("id").values_list("user__name", "name", "relation", "born_on", "door_notes"))


def test_dependent_is_added_and_listed(hers, amina):
    assert "Nobody yet" in hers.get(LIST).text
    assert hers.post(NEW, SAID)["Location"] == LIST
    assert rows() == [("Amina Yilmaz", "Nora", "child", dt.date(2019, 5, 23), "Sits at the aisle.")]
    page = hers.get(LIST).text
    assert "Nora" in page and "Child" in page and "Sits at the aisle." in page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Say who it is."),
        ("name", "x" * 121, "Ensure this value has at most 120 characters (it has 121)."),
        ("relation", "cat", "Select a valid choice. cat is not one of the available choices."),
        ("born_on", "2026-11-24", "This day is still to come. Give the day of birth, or leave it out."),
        ("born_on", "1019-05-23", "This day is too long ago. Look at the year."),
        ("born_on", "yesterday", "This is not a day, such as 2019-05-23."),
        ("door_notes", "x" * 301, "Ensure this value has at most 300 characters (it has 301)."),
    ],
)
def test_dependent_is_refused_beside_the_field_and_nothing_is_lost(hers, nora, field, value, said):
    before = rows()
    for where in (NEW, reverse("account_dependent", args=[nora.pk])):
        answer = hers.post(where, SAID | {"name": "Nora Yilmaz"} | {field: value})
        assert answer.status_code == 422
        assert answer.context["form"].errors == {field: [said]}
        assert answer.context["form"][field].value() == value
    assert rows() == before


def test_dependent_is_changed(hers, nora):
    where = reverse("account_dependent", args=[nora.pk])
    assert 'value="2019-05-23"' in hers.get(where).text
    assert hers.post(where, {"name": "Nora Yilmaz", "relation": "other"}).status_code == 302
    assert rows() == [("Amina Yilmaz", "Nora Yilmaz", "other", None, "")]


def test_dependent_is_removed_after_a_question(hers, nora):
    where = reverse("account_dependent_removal", args=[nora.pk])
    assert "Remove Nora?" in hers.get(where).text
    assert len(rows()) == 1
    assert hers.post(where)["Location"] == LIST
    assert rows() == []
    assert hers.post(where).status_code == 404


def test_dependents_are_not_there_for_anybody_else(client, nora, bruno, ada):
    """Not for Bruno, nor for an administrator on these pages: 404, whatever is tried."""
    before = rows()
    for stranger in (bruno, ada):
        client.force_login(stranger)
        assert "Nora" not in client.get(LIST).text
        for name in ("account_dependent", "account_dependent_removal"):
            where = reverse(name, args=[nora.pk])
            assert [client.get(where).status_code, client.post(where, SAID).status_code] == [404, 404]
    client.logout()
    for where in (LIST, NEW, reverse("account_dependent", args=[nora.pk])):
        assert client.get(where).status_code == 302
    assert rows() == before


def test_dependents_stop_at_twenty(hers, amina):
    for number in range(20):
        Dependent.objects.create(user=amina, name=f"Child {number}", relation="child", created_at=NOW)
    assert reverse("account_dependent_new") not in hers.get(LIST).text
    answer = hers.post(NEW, SAID)
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == [
        "You have entered twenty people already. Remove one that you do not need."
    ]
    assert len(rows()) == 20


def test_list_reads_as_little_for_three_as_for_one(hers, amina, nora, django_assert_num_queries):
    hers.get(LIST)
    with django_assert_num_queries(4):
        hers.get(LIST)
    for name in ("Ben", "Ida"):
        Dependent.objects.create(user=amina, name=name, relation="child", created_at=NOW)
    with django_assert_num_queries(4):
        hers.get(LIST)
