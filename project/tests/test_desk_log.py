"""Administrators filter the activity log, and take it away as a table (AC10, AD4)."""

import csv
import datetime as dt
import io

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.models import User
from core.audit import actions
from core.audit.models import Record
from core.kernel.actor import Actor
from e2e.cast import NOW, log_in, user_actor

pytestmark = pytest.mark.django_db
LOG, EXPORT = "/desk/audit/record/", "/desk/audit/record/export/"


@pytest.fixture
def desk(client: Client, ada: User) -> Client:
    """Ada at her desk."""
    log_in(client, ada)
    return client


@pytest.fixture
def log(db: None, amina: User, bruno: User) -> dict[str, Record]:
    """Three things, an hour apart: two by Amina, one by Bruno; one of them was said like a formula."""
    rows = {}
    for hours, (name, action, who, about) in enumerate(
        [
            ("login", "account.logged_in", amina, amina),
            ("other", "account.logged_in", bruno, bruno),
            ("name", "account.changed", amina, amina),
        ]
    ):
        row = actions.record(
            action, about, actor=user_actor(who), now=NOW + dt.timedelta(hours=hours), before={"name": "=1+1"}, after={}
        )
        rows[name] = row
    return rows


def shown(desk: Client, **filters: object) -> set[int]:
    page = desk.get(LOG, filters)
    assert page.status_code == 200
    return {row.pk for row in page.context["cl"].result_list}


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"who": "amina y"}, {"login", "name"}),
        ({"who": "{amina}"}, {"login", "name"}),
        ({"action": "account.log"}, {"login", "other"}),
        ({"object_type": "accounts.user", "object_id": "{bruno}"}, {"other"}),
        ({"since": "2026-11-21T19:00"}, {"other", "name"}),
        ({"until": "2026-11-21T19:00"}, {"login"}),
        ({"since": "2026-11-21T18:30", "until": "2026-11-21T19:30", "who": "bruno"}, {"other"}),
        ({"who": "bruno", "action": "account.changed"}, set()),
        ({"q": "192.0.2.10", "who": "bruno"}, {"other"}),
        ({"who": "99999999999999999999999"}, set()),
        ({"since": "yesterday"}, set()),
    ],
)
def test_the_log_is_filtered_by_user_object_action_and_time(filters, names, desk, log, amina, bruno):
    filters = {name: value.format(amina=amina.pk, bruno=bruno.pk) for name, value in filters.items()}
    assert shown(desk, **filters) == {log[name].pk for name in names}


def test_a_time_that_cannot_be_read_is_said_beside_its_field(desk, log):
    assert "Enter a valid date/time" in desk.get(LOG, {"since": "yesterday"}).text


def test_a_record_shows_before_and_after_and_leads_to_its_object(desk, log, amina):
    page = desk.get(reverse("admin:audit_record_change", args=[log["name"].pk])).text
    assert "<del>=1+1</del> <ins>–</ins>" in page
    assert reverse("admin:accounts_user_change", args=[amina.pk]) in page


def test_what_is_filtered_is_exported_without_formulas_and_that_is_recorded(desk, log, amina, ada):
    answer = desk.post(f"{EXPORT}?who={amina.pk}&action=account.")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    head, *rows = csv.reader(io.StringIO(answer.getvalue().decode()))
    assert head[:3] == ["at", "action", "object_type"]
    assert [row[:4] for row in rows] == [
        ["2026-11-21T19:00:00+00:00", "account.changed", "accounts.user", str(amina.pk)],
        ["2026-11-21T17:00:00+00:00", "account.logged_in", "accounts.user", str(amina.pk)],
    ]
    row = Record.objects.get(action="log.exported")
    assert (row.actor_user_id, row.object_type) == (ada.pk, "")
    assert row.data == {"filter": {"who": str(amina.pk), "action": "account."}, "count": 2}


def test_a_name_like_a_formula_is_exported_as_text(desk, amina):
    evil = Actor(holder="anon:x", label="=HYPERLINK(1)", address="192.0.2.1")
    actions.record("account.invited", amina, actor=evil, now=NOW)
    answer = desk.post(f"{EXPORT}?action=account.invited")
    (row,) = list(csv.reader(io.StringIO(answer.getvalue().decode())))[1:]
    assert row[6] == "'=HYPERLINK(1)"


def test_an_export_is_asked_for_and_not_just_opened(desk, log):
    assert desk.get(EXPORT).status_code == 405
    assert desk.post(f"{EXPORT}?no_such_filter=1").status_code == 400
    assert Record.objects.filter(action="log.exported").count() == 0


def test_the_log_is_not_there_for_others(client, log, bruno):
    log_in(client, bruno)
    assert (client.get(LOG).status_code, client.post(EXPORT).status_code) == (404, 404)


def test_an_export_is_streamed_with_one_query(desk, log, django_assert_num_queries):
    """However long the log is."""
    answer = desk.post(EXPORT)
    with django_assert_num_queries(1):
        lines = list(answer.streaming_content)
    assert len(lines) == 1 + 3 + 1  # the head, the three, and the export itself
