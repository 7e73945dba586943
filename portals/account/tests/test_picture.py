"""AC7: a person's picture, sent as a file or fetched from an address, and seen by nobody else."""

import datetime as dt
import io
import socket
from unittest import mock

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from core.accounts.models import PictureErrand, User
from core.accounts.pictures import MOST_BYTES, PictureRefused
from core.kernel import downloads
from core.notifications.models import Notification
from core.outbox.models import Message
from e2e.cast import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PROFILE, PICTURE = reverse("account_profile"), reverse("account_picture")
ADDRESS, REMOVAL = reverse("account_picture_address"), reverse("account_picture_removal")
URL = "https://pictures.example/amina.jpg"


def photograph(kind="JPEG", size=(300, 300)):
    file = io.BytesIO()
    Image.new("RGB", size, "red").save(file, kind)
    return file.getvalue()


def send(client, data, name="me.jpg"):
    return client.post(PICTURE, {"picture": SimpleUploadedFile(name, data)})


def address_of_picture(user):
    user.refresh_from_db()
    return reverse("person_picture", args=[user.picture_key])


def test_picture_is_kept_and_shown_to_the_person(hers, amina):
    assert send(hers, photograph()).status_code == 302
    answer = hers.get(address_of_picture(amina))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer["Cache-Control"] == "private, max-age=86400"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert Image.open(io.BytesIO(b"".join(answer.streaming_content))).size == (300, 300)
    assert hers.get(PROFILE).text.count(address_of_picture(amina)) == 2


def test_picture_is_not_there_for_anybody_else(hers, amina, bruno, ada, client):
    """Bruno, who is logged in, and a visitor: neither by its address nor by another key of theirs."""
    send(hers, photograph())
    where = address_of_picture(amina)
    client.logout()
    assert client.get(where).status_code == 302
    for stranger in (bruno, ada):
        client.force_login(stranger)
        send(client, photograph("PNG"))
        assert client.get(where).status_code == 404
        assert client.get(address_of_picture(stranger)).status_code == 200
    assert client.get("/people/nobody.webp").status_code == 404
    assert client.get(f"/media/{amina.picture.name}").status_code == 404


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        (
            "me.png",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            PictureRefused.unknown(),
        ),
        ("me.jpg", photograph()[:400], PictureRefused.damaged()),
        ("me.jpg", photograph(size=(30, 30)), PictureRefused.too_small()),
        ("me.jpg", photograph() + bytes(MOST_BYTES), PictureRefused.too_heavy()),
        ("me.jpg", b"", "This file is empty."),
    ],
)
def test_picture_is_refused_with_the_reason_beside_the_field(hers, amina, name, data, said):
    send(hers, photograph())
    before = address_of_picture(amina)
    answer = send(hers, data, name)
    assert answer.status_code == 422
    assert answer.context["picture_form"].errors == {"picture": [str(said)]}
    assert address_of_picture(amina) == before


def test_picture_without_a_file_is_refused(hers):
    assert hers.post(PICTURE).context["picture_form"].errors == {"picture": ["Choose a file first."]}
    assert hers.post(PICTURE, {"picture": "a word"}).status_code == 422


def test_picture_is_removed_and_its_file_with_it(hers, amina, run_outbox):
    send(hers, photograph())
    where, name = address_of_picture(amina), User.objects.get(pk=amina.pk).picture.name
    assert hers.post(REMOVAL).status_code == 302
    run_outbox()
    assert hers.get(where).status_code == 404
    assert not default_storage.exists(name)


def test_body_that_is_far_too_large_is_refused_before_it_is_read(hers, amina):
    answer = hers.post(PICTURE, {"picture": SimpleUploadedFile("me.jpg", bytes(13_000_000))})
    assert answer.status_code == 413
    assert "12 MB" in answer.text
    amina.refresh_from_db()
    assert not amina.picture


def reaching(data):
    return mock.patch("core.flows.portraits.download", return_value=data)


def test_address_is_fetched_by_the_worker_and_the_person_is_told(hers, amina, run_outbox):
    assert hers.post(ADDRESS, {"url": URL}).status_code == 302
    assert "We are fetching your picture." in hers.get(PROFILE).text
    with reaching(photograph()) as download:
        run_outbox()
    assert download.call_args.args == (URL,)
    assert hers.get(address_of_picture(amina)).status_code == 200
    assert "We are fetching your picture." not in hers.get(PROFILE).text
    assert list(Notification.objects.values_list("user", "kind")) == [(amina.pk, "picture_fetched")]


def test_address_that_has_no_picture_is_told_on_the_page_and_in_the_list(hers, amina, run_outbox):
    hers.post(ADDRESS, {"url": URL})
    with reaching(b"<html>"):
        run_outbox()
    assert str(PictureRefused.unknown()) in hers.get(PROFILE).text
    assert list(Notification.objects.values_list("kind", "words")) == [
        ("picture_refused", {"refusal": str(PictureRefused.unknown())})
    ]
    amina.refresh_from_db()
    assert not amina.picture


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/me.jpg",
        "https://[::1]/me.jpg",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.8/me.jpg",
        "https://rebinds.example/me.jpg",
    ],
)
def test_address_inside_our_network_is_never_asked(hers, amina, run_outbox, url):
    """A name that leads inside too; nothing of what is there is told, not even whether something is."""
    looked_up = socket.getaddrinfo

    def found(host, *more, **options):
        return looked_up("192.168.1.10" if host == "rebinds.example" else host, *more, **options)

    hers.post(ADDRESS, {"url": url})
    with mock.patch("socket.getaddrinfo", found), mock.patch.object(downloads, "_ask") as asked:
        run_outbox()
    assert asked.call_count == 0
    errand = PictureErrand.objects.get()
    assert errand.refusal == "This address cannot be used. Give one that begins with https:// and is open to all."


@pytest.mark.parametrize(
    "url", ["", "http://pictures.example/me.jpg", "ftp://pictures.example/", "javascript:alert(1)"]
)
def test_address_that_is_none_is_refused_beside_the_field(hers, url):
    answer = hers.post(ADDRESS, {"url": url})
    assert (answer.status_code, list(answer.context["address_form"].errors)) == (422, ["url"])
    assert not PictureErrand.objects.exists()
    assert not Message.objects.exists()


def test_address_is_refused_the_sixth_time_in_an_hour(hers):
    for _turn in range(5):
        assert hers.post(ADDRESS, {"url": URL}).status_code == 302
    answer = hers.post(ADDRESS, {"url": URL})
    assert (answer.status_code, answer["Retry-After"]) == (429, "3601")
    assert PictureErrand.objects.count() == 5


def test_errand_that_was_overtaken_does_nothing(hers, amina, run_outbox):
    hers.post(ADDRESS, {"url": URL})
    PictureErrand.objects.update(ended_at=NOW + dt.timedelta(seconds=1))
    with reaching(photograph()) as download:
        run_outbox()
    assert download.call_count == 0
