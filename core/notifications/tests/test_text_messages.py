"""Text messages: handed to the provider, put off while it fails, given up when they are of no use (NO2)."""

import base64
import datetime as dt
import email
import email.policy
import json
from urllib.parse import parse_qs

import pytest
from django.core.exceptions import ImproperlyConfigured

from core.notifications import text_gateway
from core.notifications.actions import deliver, notify
from core.notifications.messages import seal_words
from core.notifications.models import Delivery
from core.notifications.tests.provider import Answer, provider
from core.outbox.models import Message

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 21, 17, 0, tzinfo=dt.UTC)
MOBILE = "+436641234567"
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def twilio(settings):
    with provider() as running:
        settings.SMS_URL = f"twilio+http://AC1:se%2Fcret@127.0.0.1:{running.port}?from=%2B43720123456"
        yield running


def code_waiting(**changes) -> Delivery:
    given = {"to": MOBILE, "about": "code:1", "once_key": "code:1", "good_until": NOW + dt.timedelta(minutes=5)}
    [delivery] = notify("code", now=NOW, sealed=seal_words(code="482913"), **(given | changes))
    return delivery


def state(delivery: Delivery) -> tuple[str, int, str]:
    delivery.refresh_from_db()
    return delivery.status, delivery.attempts, delivery.error


def test_without_a_provider_a_text_message_lies_in_the_local_outbox_no2(settings, tmp_path):
    settings.OUTBOX_DIR = tmp_path / "outbox"
    delivery = code_waiting()
    deliver(delivery.pk, now=NOW)
    [file] = settings.OUTBOX_DIR.glob("*.eml")
    kept = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert (kept["To"], kept["X-Foyer-Channel"]) == (MOBILE, "text")
    said = "482913 is your Foyer code. It is good for five minutes. Nobody of Foyer will ever ask you for it."
    assert kept.get_content().strip() == said
    assert state(delivery) == ("sent", 1, "")


def test_a_code_is_handed_to_the_provider_as_its_interface_asks_no2(twilio):
    delivery = code_waiting()
    assert "482913" not in str(list(Delivery.objects.values())) + str(list(Message.objects.values()))
    deliver(delivery.pk, now=NOW)
    [asked] = twilio.asked
    assert asked.path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert asked.headers["Authorization"] == "Basic " + base64.b64encode(b"AC1:se/cret").decode()
    sent = {name: value for name, [value] in parse_qs(asked.body.decode()).items()}
    assert (sent["To"], sent["From"]) == (MOBILE, "+43720123456")
    assert sent["Body"].startswith("482913 is your Foyer code.")
    assert state(delivery) == ("sent", 1, "")
    assert delivery.words == {}
    deliver(delivery.pk, now=NOW)
    assert len(twilio.asked) == 1


def test_a_messaging_service_is_named_instead_of_a_number_no2(twilio, settings):
    settings.SMS_URL = settings.SMS_URL.replace("%2B43720123456", "MG77")
    deliver(code_waiting().pk, now=NOW)
    sent = parse_qs(twilio.asked[0].body.decode())
    assert (sent["MessagingServiceSid"], "From" in sent) == (["MG77"], False)


def test_a_failing_provider_is_tried_again_with_growing_waits_and_shown_no2(twilio, caplog):
    twilio.answers = [Answer(500), Answer(503), Answer(429), Answer(201)]
    delivery, now, waits = code_waiting(), NOW, []
    for error in ("500", "503", "429"):
        deliver(delivery.pk, now=now)
        assert state(delivery)[2] == f"Unreachable('the provider of text messages answered {error}')"
        waits.append(int((delivery.next_try_at - now).total_seconds()))
        assert Message.objects.filter(not_before=delivery.next_try_at, task="notifications.deliver").count() == 1
        now = delivery.next_try_at
    assert waits == [5, 10, 20]
    deliver(delivery.pk, now=now)
    assert state(delivery) == ("sent", 4, "")
    assert len(twilio.asked) == 4
    assert "482913" not in caplog.text
    assert MOBILE not in caplog.text


def test_a_provider_that_does_not_answer_is_tried_again_no2(twilio, monkeypatch):
    monkeypatch.setattr(text_gateway, "ANSWER_SECONDS", 0.1)
    twilio.answers = [Answer(201, after=0.6), Answer(201)]
    delivery = code_waiting()
    deliver(delivery.pk, now=NOW)
    status, attempts, error = state(delivery)
    assert (status, attempts, "did not answer in time" in error) == ("waiting", 1, True)
    deliver(delivery.pk, now=delivery.next_try_at)
    assert state(delivery)[:2] == ("sent", 2)


def test_a_provider_that_is_away_is_tried_again_no2(settings):
    settings.SMS_URL = "twilio+http://AC1:secret@127.0.0.1:9?from=%2B43720123456"
    delivery = code_waiting()
    deliver(delivery.pk, now=NOW)
    status, _attempts, error = state(delivery)
    assert (status, "cannot be reached" in error, "secret" in error) == ("waiting", True, False)


def test_a_refusal_of_this_number_is_final_and_says_the_providers_reason_no2(twilio):
    reason = json.dumps({"code": 21211, "message": "Invalid 'To' Phone Number", "status": 400}).encode()
    twilio.answers = [Answer(400, reason)]
    delivery = code_waiting()
    deliver(delivery.pk, now=NOW)
    told = "the provider of text messages answered 400: Invalid 'To' Phone Number (21211)"
    assert state(delivery) == ("dropped", 1, told)
    assert delivery.next_try_at is None
    assert Message.objects.filter(not_before__gt=NOW).count() == 0


def test_a_wrong_key_is_tried_again_since_it_is_put_right_no2(twilio):
    twilio.answers = [Answer(401, b'{"code": 20003, "message": "Authenticate"}')]
    delivery = code_waiting()
    deliver(delivery.pk, now=NOW)
    assert state(delivery)[0] == "waiting"


def test_a_redirect_is_not_followed_no2(twilio):
    twilio.answers = [Answer(307, headers={"Location": "/elsewhere"})]
    delivery = code_waiting()
    deliver(delivery.pk, now=NOW)
    assert len(twilio.asked) == 1
    assert state(delivery)[0] == "waiting"


def test_a_code_that_is_too_old_is_not_sent_any_more_no2(twilio):
    delivery = code_waiting()
    deliver(delivery.pk, now=NOW + dt.timedelta(minutes=5))
    assert state(delivery) == ("late", 0, "")
    assert twilio.asked == []


def test_a_code_is_given_up_when_the_next_try_would_come_too_late_no2(twilio):
    twilio.answers = [Answer(500)]
    delivery = code_waiting()
    deliver(delivery.pk, now=NOW + dt.timedelta(minutes=5) - SECOND)
    assert state(delivery)[0] == "dropped"
    assert Message.objects.filter(not_before__gt=NOW).count() == 0


@pytest.mark.parametrize(
    "address",
    ["nexmo://A:B@host?from=1", "twilio://A@host?from=1", "twilio://A:B@host", "twilio://:B@host?from=1", "x"],
)
def test_a_provider_that_is_not_told_whole_is_refused_without_repeating_the_token(address):
    with pytest.raises(ImproperlyConfigured, match="SMS_URL must read"):
        text_gateway.provider(address)


def test_the_provider_is_twilio_itself_unless_a_host_is_named():
    named = text_gateway.provider("twilio://AC1:secret@?from=43720123456")
    assert named.url == "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"
    assert named.sender == "+43720123456"
