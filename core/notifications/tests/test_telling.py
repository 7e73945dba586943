"""Who is told what by which channel: NO1, NO2, NO3."""

import datetime as dt

import pytest
from django.core import mail
from django.db import transaction
from django.utils import translation

from core.accounts.models import User
from core.audit.models import Record
from core.notifications import queries
from core.notifications.actions import choose, deliver, forget_old, forget_person, notify, stop_mails
from core.notifications.kinds import KINDS
from core.notifications.messages import seal_words
from core.notifications.models import Channel, Delivery, Notification, Preference, PushDevice
from core.notifications.unsubscribing import Stop
from core.notifications.wording import worded
from core.outbox.models import Message
from e2e.cast import user_actor, visitor

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 21, 17, 0, tzinfo=dt.UTC)
WORDS = {"event": "The Lantern Room", "venue": "Studio", "starts": "2026-11-24T20:15:00+01:00", "booking": "ABC"}


@pytest.fixture
def amina() -> User:
    return User.objects.create_user("amina@foyer.example", mobile="+436641234567", mobile_verified_at=NOW)


def channels(deliveries) -> list[tuple[str, str]]:
    return [(one.channel, one.to) for one in deliveries]


def test_notify_says_the_same_thing_once_by_every_channel_no1(amina):
    for _ in range(2):
        told = notify("showtime_cancelled", user=amina, once_key="x", now=NOW, amount=0, currency="EUR", **WORDS)
        assert channels(told) == [("mail", "amina@foyer.example")]
    assert Notification.objects.count() == 1
    assert Delivery.objects.count() == 1
    assert Message.objects.count() == 1


def test_notify_goes_by_the_channels_a_person_chose_no3(amina):
    device = PushDevice.objects.create(user=amina, endpoint="https://a.example", p256dh="x", auth="y", created_at=NOW)
    choose(user=amina, wanted={"showtime_cancelled.text", "showtime_cancelled.push"}, actor=user_actor(amina), now=NOW)
    told = notify("showtime_cancelled", user=amina, once_key="x", now=NOW, **WORDS)
    expected = [("mail", amina.email), ("push", f"device:{device.pk}"), ("text", "+436641234567")]
    assert channels(told) == expected
    assert notify("tickets_cancelled", user=amina, once_key="y", now=NOW, **WORDS) == []
    assert Notification.objects.of(amina).count() == 2


def test_no_text_message_goes_to_a_number_that_is_not_confirmed_no3(amina):
    User.objects.update(mobile_verified_at=None)
    choose(user=amina, wanted={"showtime_cancelled.text"}, actor=user_actor(amina), now=NOW)
    told = notify("showtime_cancelled", user=User.objects.get(), once_key="x", now=NOW, **WORDS)
    assert channels(told) == [("mail", amina.email)]


def test_a_booking_made_with_another_address_is_mailed_there_no2(amina):
    told = notify("booking_confirmed", user=amina, to="tickets@foyer.example", once_key="x", now=NOW, **WORDS)
    assert channels(told) == [("mail", "tickets@foyer.example")]
    assert told[0].user == amina


def test_somebody_without_an_account_is_told_by_mail_alone_no2():
    told = notify("booking_confirmed", to="guest@foyer.example", once_key="x", now=NOW, language="en", **WORDS)
    assert channels(told) == [("mail", "guest@foyer.example")]
    assert Notification.objects.count() == 0


def test_a_pseudonym_is_told_nothing_but_what_goes_to_an_address_that_is_kept_no1(amina):
    User.objects.update(erased_at=NOW)
    gone = User.objects.get()
    assert notify("password_changed", user=gone, once_key="x", now=NOW) == []
    told = notify("showtime_cancelled", user=gone, to="kept@foyer.example", once_key="y", now=NOW, **WORDS)
    assert [(one.channel, one.to, one.user) for one in told] == [("mail", "kept@foyer.example", None)]
    assert Notification.objects.count() == 0


def test_a_code_goes_where_it_is_asked_for_and_stands_in_no_list_no2(amina):
    for number, to in enumerate(("+43720123456", "other@foyer.example")):
        [told] = notify("code", to=to, once_key=f"code:{number}", now=NOW, sealed=seal_words(code="482913"))
        assert told.to == to
    assert Notification.objects.count() == 0


def test_secrets_never_stand_in_the_list_no1(amina):
    sealed = seal_words(link="https://foyer.example/join/secret/")
    notify("team_invitation", user=amina, once_key="x", now=NOW, house="Lichtspiele", role="clerk", sealed=sealed)
    row = Notification.objects.get()
    assert row.words == {"house": "Lichtspiele", "role": "clerk"}
    assert worded(row.kind, row.words).title == "Lichtspiele asks you to join their team"
    assert worded(row.kind, row.words).text == "As Clerk. The invitation is good for some days."


def test_what_did_not_happen_is_not_told_no1(amina):
    class Undone(Exception):
        pass

    with pytest.raises(Undone), transaction.atomic():
        notify("booking_confirmed", user=amina, once_key="x", now=NOW, **WORDS)
        raise Undone
    assert (Notification.objects.count(), Delivery.objects.count(), Message.objects.count()) == (0, 0, 0)


def test_a_mail_without_words_of_its_own_is_written_in_the_general_ones_no2(amina):
    [told] = notify("password_changed", user=amina, once_key="x", now=NOW, at=NOW.isoformat())
    deliver(told.pk, now=NOW)
    [message] = mail.outbox
    assert message.subject == "Your password was changed"
    html = str(message.alternatives[0][0])
    for body in (message.body, html):
        assert "Sat 21 Nov 18:00 CET. If it was not you, choose a new one at once." in body
        assert "http://testserver/account/security/" in body
    assert "List-Unsubscribe" not in message.extra_headers


def test_a_mail_that_can_be_stopped_says_where_to_people_and_to_mailboxes_no3(amina):
    [told] = notify("new_login", user=amina, once_key="x", now=NOW, at=NOW.isoformat(), device="Firefox on Linux")
    deliver(told.pk, now=NOW)
    [message] = mail.outbox
    link = message.extra_headers["List-Unsubscribe"].strip("<>")
    assert link.startswith("http://testserver/account/notifications/stop/")
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in message.body
    assert link in str(message.alternatives[0][0])


def test_times_are_told_on_the_clock_of_the_person_no2(amina):
    said = worded("new_login", {"at": NOW.isoformat(), "device": "Firefox"}, time_zone="Europe/Vienna")
    assert said.text.startswith("Firefox, Sat 21 Nov 18:00. If it was not you")


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_reads_well_with_no_words_and_in_any_language(kind):
    for language in ("en", "de"):
        with translation.override(language):
            assert "%(" not in worded(kind, {}).title + worded(kind, {}).text


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_no_channel_of_a_kind_is_named_twice_and_text_is_never_on_by_itself_no3(kind):
    assert len(set(kind.channels)) == len(kind.channels)
    assert Channel.TEXT not in kind.default


def test_what_was_forgotten_meanwhile_is_not_sent_and_no_error_no2(amina):
    [told] = notify("new_login", user=amina, once_key="x", now=NOW, device="Firefox", at=NOW.isoformat())
    Delivery.objects.all().delete()
    deliver(told.pk, now=NOW)
    assert mail.outbox == []


def test_old_things_are_forgotten_and_what_waits_is_kept_no1(amina):
    day = dt.timedelta(days=1)
    for days, read in ((400, None), (100, 95), (100, None), (10, 5)):
        at = NOW - days * day
        row = Notification(user=amina, kind="new_login", once_key=str(at) + str(read), created_at=at)
        row.read_at = NOW - read * day if read else None
        row.save()
    for days, status in ((200, "sent"), (200, "waiting"), (10, "sent")):
        Delivery.objects.create(kind="new_login", to="a", once_key=f"{days}{status}", status=status,
                                created_at=NOW - days * day)  # fmt: skip
    for number, last in enumerate((400, 10)):
        PushDevice.objects.create(user=amina, endpoint=str(number), created_at=NOW - 500 * day,
                                  last_used_at=NOW - last * day)  # fmt: skip
    assert forget_old(now=NOW) == 4
    assert (Notification.objects.count(), Delivery.objects.count(), PushDevice.objects.count()) == (2, 2, 1)


def test_a_person_who_leaves_is_forgotten_and_nobody_else_no1(amina):
    bruno = User.objects.create_user("bruno@foyer.example")
    for user in (amina, bruno):
        notify("new_login", user=user, once_key=f"x{user.pk}", now=NOW, device="Firefox")
        Preference.objects.create(user=user, kind="new_login", channel="push", wanted=False)
        PushDevice.objects.create(user=user, endpoint=f"https://{user.pk}", created_at=NOW)
    notify("booking_confirmed", to=amina.email, once_key="guest", now=NOW, **WORDS)
    forget_person(user=amina)
    assert [row.user for row in (*Notification.objects.all(), *Preference.objects.all())] == [bruno, bruno]
    assert PushDevice.objects.get().user == bruno
    mine = Delivery.objects.exclude(user=bruno)
    assert [(one.to, one.words, one.user, one.status) for one in mine] == [("", {}, None, "dropped")] * 2
    assert queries.unread_count(bruno) == 1


def test_what_somebody_chooses_is_in_the_log_once(amina):
    """AC10: before and after of what changed; sending the same again says nothing new."""
    for _ in range(2):
        choose(user=amina, wanted={"showtime_cancelled.text"}, actor=user_actor(amina), now=NOW)
    row = Record.objects.get(action="notifications.chosen")
    assert (row.actor_user_id, row.data["changes"]["showtime_cancelled.text"]) == (amina.pk, [None, True])
    choose(user=amina, wanted=set(), actor=user_actor(amina), now=NOW)
    last = Record.objects.filter(action="notifications.chosen").latest("id")
    assert last.data == {"changes": {"showtime_cancelled.text": [True, False]}}


def test_stopping_mails_by_their_link_is_in_the_log_once():
    asked = Stop(next(kind for kind in KINDS.values() if Channel.MAIL in kind.optional), None, "amina@foyer.example")
    for _ in range(2):
        stop_mails(asked, actor=visitor(), now=NOW)
    assert Record.objects.get(action="notifications.stopped").data == {"kind": asked.kind.name}
    assert Preference.objects.get().wanted is False
