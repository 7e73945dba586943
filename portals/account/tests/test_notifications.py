"""The list of what a person was told, the bell, and stopping mails by a link: NO1, NO3."""

import datetime as dt
import re

import pytest
from django.test import Client

from core.notifications import queries
from core.notifications.actions import notify
from core.notifications.models import Delivery, Notification, Preference
from core.notifications.unsubscribing import stop_link

NOW = dt.datetime(2026, 11, 21, 17, 0, tzinfo=dt.UTC)
LIST, READING, BELL = "/account/notifications/", "/account/notifications/reading/", "/account/notifications/bell/"
WORDS = {"event": "The Lantern Room", "venue": "Studio", "starts": "2026-11-24T20:15:00+01:00", "booking": "ABC"}


def tell(user, number=1, kind="booking_confirmed", **words):
    now = NOW + dt.timedelta(minutes=number)
    notify(kind, user=user, once_key=f"{kind}:{number}", now=now, **(WORDS | words))
    return Notification.objects.get(user=user, once_key=f"{kind}:{number}")


@pytest.fixture
def visitor(client, amina) -> Client:
    client.force_login(amina)
    return client


def titles(answer) -> list[str]:
    return [said.title for _row, said, _fresh in answer.context["told"]]


def test_the_list_stands_newest_first_with_what_it_leads_to_no1(visitor, amina, bruno):
    tell(amina, 1)
    tell(amina, 2, event="Blue Hour")
    tell(bruno, 3, event="Not yours")
    answer = visitor.get(LIST)
    assert titles(answer) == ["Your tickets for Blue Hour", "Your tickets for The Lantern Room"]
    assert "Not yours" not in answer.content.decode()
    [row, _other] = answer.context["told"]
    assert (row[1].text, row[1].path) == ("Tue 24 Nov 20:15, Studio", "/bookings/ABC/")


def test_an_empty_list_says_what_will_stand_there_no1(visitor):
    assert "Nothing yet" in visitor.get(LIST).content.decode()


def test_the_list_is_paged_and_asks_as_often_for_three_as_for_one_no1(visitor, amina, django_assert_num_queries):
    tell(amina, 1)
    with django_assert_num_queries(6):
        visitor.get(LIST)
    for number in range(2, 24):
        tell(amina, number)
    with django_assert_num_queries(6):
        assert len(titles(visitor.get(LIST))) == 20
    assert len(titles(visitor.get(LIST + "?page=2"))) == 3


def test_a_title_with_markup_and_percent_signs_is_text_no1(visitor, amina):
    tell(amina, event="100 %(x)s <b>Ida</b>")
    page = visitor.get(LIST).content.decode()
    assert "Your tickets for 100 %(x)s &lt;b&gt;Ida&lt;/b&gt;" in page


def test_what_was_told_by_a_kind_that_is_no_more_still_stands_there_no1(visitor, amina):
    Notification.objects.create(user=amina, kind="gone", once_key="gone:1", created_at=NOW)
    assert titles(visitor.get(LIST)) == ["A message of an earlier time"]


def test_opening_marks_one_read_and_leads_to_what_it_is_about_no1(visitor, amina):
    first, second = tell(amina, 1), tell(amina, 2)
    answer = visitor.post(f"{LIST}{first.pk}/")
    assert (answer.status_code, answer.url) == (302, "/bookings/ABC/")
    assert list(Notification.objects.unread()) == [second]
    answer = visitor.post(f"{LIST}{second.pk}/", {"stay": "1"})
    assert (answer.status_code, answer.url) == (302, LIST)
    assert queries.unread_count(amina) == 0


def test_reading_marks_all_of_mine_read_and_nobody_elses_no1(visitor, amina, bruno):
    tell(amina, 1), tell(amina, 2), tell(bruno, 3)
    assert visitor.post(READING).url == LIST
    assert (queries.unread_count(amina), queries.unread_count(bruno)) == (0, 1)


def test_a_stranger_finds_no_notification_of_mine_no1(client, amina, bruno):
    row = tell(amina)
    client.force_login(bruno)
    assert client.post(f"{LIST}{row.pk}/").status_code == 404
    assert queries.unread_count(amina) == 1


@pytest.mark.parametrize(("method", "path"), [("get", LIST), ("get", BELL), ("post", READING), ("post", f"{LIST}1/")])
def test_a_visitor_is_sent_to_log_in_no1(client, db, method, path):
    answer = getattr(client, method)(path)
    assert (answer.status_code, "login" in answer.url) == (302, True)


def test_looking_changes_nothing_no1(visitor, amina):
    row = tell(amina)
    assert visitor.get(READING).status_code == 405
    assert visitor.get(f"{LIST}{row.pk}/").status_code == 405
    assert queries.unread_count(amina) == 1


def test_every_page_has_a_bell_with_the_count_for_somebody_who_is_logged_in_no1(visitor, amina):
    tell(amina, 1), tell(amina, 2)
    page = visitor.get("/").content.decode()
    assert re.findall(r'id="bell"[^>]*data-unread="(\d+)"', page) == ["2"]
    assert "2 unread notifications" in page
    part = visitor.get(BELL)
    assert re.findall(r'data-unread="(\d+)"', part.content.decode()) == ["2"]
    assert "no-store" in part["Cache-Control"]


def test_the_bell_costs_one_query_and_nothing_at_all_for_a_visitor_no1(
    client, amina, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_num_queries(0):
        assert b"bell" not in client.get("/account/notifications/stop/x/").content
    client.force_login(amina)
    with django_assert_num_queries(3):  # session, user, count
        client.get(BELL)


def told_by_mail(user=None, to="", kind="tickets_cancelled", once="1"):
    [delivery] = notify(kind, user=user, to=to, once_key=once, now=NOW, **WORDS)
    return delivery


def path_of(link):
    return link.removeprefix("http://testserver")


def test_one_click_stops_mails_of_one_kind_without_a_login_no3(client, amina):
    path = path_of(stop_link(told_by_mail(user=amina)))
    page = client.get(path)
    assert page.status_code == 200
    assert "Tickets you gave back" in page.content.decode()
    assert Preference.objects.count() == 0
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path).status_code == 403
    assert Preference.objects.count() == 0
    for _ in range(2):
        assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    wish = Preference.objects.get()
    assert (wish.user, wish.kind, wish.channel, wish.wanted) == (amina, "tickets_cancelled", "mail", False)
    assert notify("tickets_cancelled", user=amina, once_key="2", now=NOW, **WORDS) == []
    assert Notification.objects.filter(user=amina).count() == 2


def test_one_click_works_for_an_address_without_an_account_no3(client, db):
    path = path_of(stop_link(told_by_mail(to="guest@foyer.example")))
    assert client.post(path).status_code == 200
    assert notify("tickets_cancelled", to="Guest@foyer.example", once_key="2", now=NOW, **WORDS) == []
    assert len(notify("tickets_cancelled", to="other@foyer.example", once_key="3", now=NOW, **WORDS)) == 1
    assert len(notify("booking_confirmed", to="guest@foyer.example", once_key="4", now=NOW, **WORDS)) == 1


def test_what_always_goes_cannot_be_stopped_no3(client, amina):
    assert stop_link(told_by_mail(user=amina, kind="password_changed")) == ""
    assert stop_link(Delivery(kind="gone", channel="mail", to="a@b.example")) == ""


@pytest.mark.parametrize("token", ["x", "eyJrIjoiYSJ9:1abc:sig", "é", "a" * 3_000])
def test_a_forged_link_stops_nothing_no3(client, db, token):
    assert client.get(f"/account/notifications/stop/{token}/").status_code == 404
    assert client.post(f"/account/notifications/stop/{token}/").status_code == 404
    assert Preference.objects.count() == 0


def test_a_part_of_a_page_leads_whoever_is_out_to_the_login_and_back_to_the_page(client, db):
    """Else the log-in page would stand in the header."""
    page = "http://testserver/bookings/?page=2"
    answer = client.get(BELL, headers={"HX-Request": "true", "HX-Current-URL": page})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["HX-Redirect"] == "/login/?next=/bookings/%3Fpage%3D2"


def test_the_part_that_is_refreshed_says_how_many_are_unread(client, amina):
    client.force_login(amina)
    answer = client.get(LIST, headers={"HX-Request": "true", "HX-Target": "notices"})
    assert "0 are unread." in answer.text
