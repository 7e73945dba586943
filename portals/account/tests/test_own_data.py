"""AC7: taking one's data along, and leaving for good: asked twice, and proved."""

import io
import json
import re
import zipfile

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from core.accounts.models import User
from core.audit.models import Record
from e2e.cast import NOW, log_in

pytestmark = pytest.mark.django_db
DATA, DELETION = reverse("account_data"), reverse("account_deletion")
PROOF, CODE, DONE = reverse("account_deletion_proof"), reverse("account_deletion_code"), reverse("account_deleted")
PASSWORD = "opening-night"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def come_in(client, user):
    """By the login page."""
    assert client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD}).status_code == 302


@pytest.fixture
def hers(client, amina):
    come_in(client, amina)
    return client


def is_there(user):
    found = User.objects.get(pk=user.pk)
    return (found.is_active, found.email, found.erased_at) == (True, user.email, None)


def test_data_comes_as_one_file_shortly_after_the_login(hers, amina):
    assert "proof" not in hers.get(DATA).context["form"].fields
    answer = hers.post(DATA)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert answer["Content-Disposition"] == 'attachment; filename="foyer-2026-11-21.zip"'
    assert "no-store" in answer["Cache-Control"]
    told = json.loads(zipfile.ZipFile(io.BytesIO(answer.content)).read("my-data.json"))
    assert told["profile"]["email"] == amina.email
    assert Record.objects.filter(action="account.data_downloaded", actor_user_id=amina.pk).count() == 1


def test_data_asks_who_it_is_when_the_login_was_a_while_ago(hers, clock):
    clock.shift(11 * 60)
    assert list(hers.get(DATA).context["form"].fields) == ["proof"]
    for wrong in ({}, {"proof": "closing-night"}):
        answer = hers.post(DATA, wrong)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["proof"])
    assert not Record.objects.filter(action="account.data_downloaded").exists()
    assert hers.post(DATA, {"proof": PASSWORD})["Content-Type"] == "application/zip"


def test_data_is_refused_the_sixth_time_in_an_hour(hers):
    assert [hers.post(DATA).status_code for _turn in range(6)] == [200] * 5 + [429]


def test_deletion_says_first_what_it_means(hers, amina):
    page = hers.get(DELETION).text
    assert "Delete the account?" in page and PROOF in page
    assert is_there(amina)
    assert hers.post(DELETION).status_code == 405


def test_deletion_by_password_ends_the_account_and_the_session(hers, amina):
    elsewhere = Client()
    come_in(elsewhere, amina)
    answer = hers.post(PROOF, {"proof": PASSWORD, "sure": "on"})
    assert (answer.status_code, answer["Location"]) == (302, DONE)
    assert "Your account is deleted" in hers.get(DONE).text
    for one in (hers, elsewhere):
        assert one.get(DATA).status_code == 302
    assert User.objects.get(pk=amina.pk).erased_at == NOW
    assert not Record.objects.filter(actor_label=str(amina)).exists()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"proof": "closing-night", "sure": "on"}, "proof"),
        ({"proof": PASSWORD}, "sure"),
        ({"sure": "on"}, "proof"),
    ],
)
def test_deletion_is_refused_without_proof_or_without_being_sure(hers, amina, sent, said):
    answer = hers.post(PROOF, sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [said])
    assert is_there(amina)
    assert hers.get(DATA).status_code == 200


def test_deletion_by_code_is_for_who_has_no_password(client, bruno, run_outbox):
    bruno.set_unusable_password()
    bruno.save()
    client.force_login(bruno)
    assert bruno.email in client.get(PROOF).text
    assert client.post(CODE)["Location"] == PROOF
    run_outbox()
    code = re.search(r"\b\d{6}\b", f"{mail.outbox[-1].subject} {mail.outbox[-1].body}")[0]
    wrong = str((int(code) + 1) % 1_000_000).zfill(6)
    assert client.post(PROOF, {"proof": wrong, "sure": "on"}).status_code == 422
    assert is_there(bruno)
    assert client.post(PROOF, {"proof": code, "sure": "on"})["Location"] == DONE
    assert User.objects.get(pk=bruno.pk).erased_at == NOW


def test_deletion_sends_no_code_to_who_has_a_password(hers, run_outbox):
    hers.post(CODE)
    assert "send_code" not in run_outbox()
    assert mail.outbox == []


def test_deletion_tries_are_limited(hers, amina):
    answers = [hers.post(PROOF, {"proof": f"wrong-{turn}", "sure": "on"}).status_code for turn in range(6)]
    assert answers == [422] * 5 + [429]
    assert hers.post(PROOF, {"proof": PASSWORD, "sure": "on"}).status_code == 429
    assert is_there(amina)


def test_deletion_is_not_offered_to_the_last_owner(client, olga, house):
    log_in(client, olga)
    page = client.get(DELETION)
    assert f"You are the last owner of {house.organizer.name}." in page.text
    assert PROOF not in page.text
    assert client.get(PROOF)["Location"] == DELETION
    assert client.post(PROOF, {"proof": PASSWORD, "sure": "on"})["Location"] == DELETION
    assert is_there(olga)


def test_deletion_concerns_nobody_but_who_asks(hers, amina, bruno):
    hers.post(PROOF, {"proof": PASSWORD, "sure": "on", "user": bruno.pk, "id": bruno.pk})
    assert is_there(bruno)
