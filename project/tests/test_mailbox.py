import re

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection

from core.accounts.models import User
from core.notifications import local_outbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.OUTBOX_DIR = tmp_path / "outbox"
    return settings.OUTBOX_DIR


@pytest.fixture
def ada(client):
    client.force_login(User.objects.create_user("ada@example.org", is_staff=True))


@pytest.fixture
def key(folder):
    """A mail with both bodies, a picture inside it and a file attached."""
    mail = EmailMultiAlternatives(
        "Your tickets for <Nosferatu>", "Row C\nSeat 7", "foyer@example.org", ["amina@example.org"]
    )
    mail.attach_alternative('<p>Row C <img src="cid:logo"><script>alert(1)</script></p>', "text/html")
    mail.attach("tickets.pdf", b"%PDF-1.7 tickets", "application/pdf")
    assert get_connection("project.mail_folder.FolderBackend").send_messages([mail]) == 1
    (file,) = folder.glob("*.eml")
    return file.stem


ADDRESSES = ["/_outbox/", "/_outbox/{key}/", "/_outbox/{key}/html/", "/_outbox/{key}/4/"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_outbox_is_not_there_for_strangers(client, key, address):
    assert client.get(address.format(key=key)).status_code == 404
    client.force_login(User.objects.create_user("bruno@example.org"))
    assert client.get(address.format(key=key)).status_code == 404


def test_the_outbox_is_open_while_developing(client, key, settings):
    settings.OUTBOX_OPEN = True
    assert client.get("/_outbox/").status_code == 200


def test_the_outbox_lists_mails_newest_first(client, key, ada, folder):
    second = EmailMultiAlternatives("Refunded", "12.00 EUR", "foyer@example.org", ["bruno@example.org"])
    get_connection("project.mail_folder.FolderBackend").send_messages([second])
    answer = client.get("/_outbox/")
    assert [mail["subject"] for _key, mail, _text in answer.context["mails"]] == [
        "Refunded",
        "Your tickets for <Nosferatu>",
    ]
    assert "Your tickets for &lt;Nosferatu&gt;" in answer.content.decode()


def test_an_empty_outbox_says_so(client, ada):
    assert "No mail yet" in client.get("/_outbox/").content.decode()


def test_a_mail_shows_its_text_and_what_is_attached(client, key, ada):
    answer = client.get(f"/_outbox/{key}/")
    page = answer.content.decode()
    assert "Row C<br>Seat 7" in page
    assert re.findall(r'(?s)href="/_outbox/[^"]+/([0-9]+)/">.*?([\w.-]+)</a>', page) == [("4", "tickets.pdf")]
    assert "frame-src 'self'" in answer["Content-Security-Policy"]
    assert "<script>alert" not in page


def test_the_html_of_a_mail_is_shown_where_nothing_runs(client, key, ada):
    answer = client.get(f"/_outbox/{key}/html/")
    policy = answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "script-src" not in policy
    assert policy.startswith("default-src 'none';")
    assert policy.endswith("sandbox allow-popups allow-popups-to-escape-sandbox")


def test_an_attached_file_is_handed_out_whole(client, key, ada):
    (number, _part) = client.get(f"/_outbox/{key}/").context["attached"][0]
    answer = client.get(f"/_outbox/{key}/{number}/")
    assert (answer.content, answer["Content-Type"]) == (b"%PDF-1.7 tickets", "application/pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="tickets.pdf"'


@pytest.mark.parametrize("address", ["/_outbox/1-ab/", "/_outbox/passwd/", "/_outbox/{key}/99/", "/_outbox/{key}/0/"])
def test_what_is_not_in_the_outbox_is_not_there(client, key, ada, address):
    assert client.get(address.format(key=key)).status_code == 404


def test_a_mail_without_html_has_no_frame(client, ada, folder):
    mail = EmailMultiAlternatives("Plain", "Only text", "foyer@example.org", ["amina@example.org"])
    get_connection("project.mail_folder.FolderBackend").send_messages([mail])
    (file,) = folder.glob("*.eml")
    assert "<iframe" not in client.get(f"/_outbox/{file.stem}/").content.decode()
    assert client.get(f"/_outbox/{file.stem}/html/").status_code == 404


def test_a_text_message_is_shown_as_one_no2(client, ada, folder):
    local_outbox.keep_text(to="+436641234567", text="482913 is your Foyer code. <b>It</b> is good for five minutes.")
    [(key, message, text)] = client.get("/_outbox/").context["mails"]
    assert (message["to"], text) == ("+436641234567", "482913 is your Foyer code. <b>It</b> is good for five minutes.")
    assert "Text message" in client.get("/_outbox/").content.decode()
    page = client.get(f"/_outbox/{key}/").content.decode()
    assert "482913 is your Foyer code. &lt;b&gt;It" in page
    assert "<iframe" not in page
    assert "From" not in page
