"""AC7: what a person says of themselves, and that it takes effect."""

import datetime as dt

import pytest
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse
from django.utils import timezone

from core.accounts.models import User
from core.audit.models import Record
from e2e.cast import NOW
from portals.account.zones import known_zones, time_zones, zone_choices

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PROFILE = reverse("account_profile")
SAID = {
    "name": "Amina Haddad",
    "known_as": "Mina",
    "username": "mina",
    "time_zone": "Asia/Tokyo",
    "home_city": "",
    "emergency_name": "Sami Haddad",
    "emergency_mobile": "+43 664 1234567",
}


def kept(user):
    row = User.objects.get(pk=user.pk)
    return {name: str(getattr(row, name)) for name in SAID}


def test_profile_is_kept_recorded_and_said(hers, amina):
    answer = hers.post(PROFILE, SAID, follow=True)
    assert answer.redirect_chain == [(PROFILE, 302)]
    assert [str(message) for message in answer.context["messages"]] == ["Your profile is saved."]
    assert kept(amina) == SAID | {"emergency_mobile": "+436641234567"}
    record = Record.objects.get(action="account.profile_changed")
    assert record.data["changes"]["name"] == ["Amina Yilmaz", "Amina Haddad"]
    assert record.actor_user_id == amina.pk


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Say what your name is: it stands on your tickets."),
        ("name", "x" * 121, "Ensure this value has at most 120 characters (it has 121)."),
        ("username", "4mina", "Three to forty letters, digits, dots, - or _, a letter first."),
        ("username", "mina@x", "Three to forty letters, digits, dots, - or _, a letter first."),
        ("time_zone", "Mars/Olympus", "Select a valid choice. Mars/Olympus is not one of the available choices."),
        ("home_city", "Atlantis", "Select a valid choice. Atlantis is not one of the available choices."),
        ("emergency_mobile", "123", "This is not a complete number, such as +43 664 1234567."),
        ("emergency_mobile", "", "Give the number to call, or leave the name out too."),
        ("emergency_name", "", "Say whom we reach at this number, or leave it out too."),
    ],
)
def test_profile_is_refused_beside_the_field_and_nothing_is_lost(hers, amina, field, value, said):
    before = kept(amina)
    answer = hers.post(PROFILE, SAID | {field: value})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [said]}
    assert answer.context["form"]["known_as"].value() == "Mina"
    assert kept(amina) == before
    assert not Record.objects.exists()


def test_a_user_name_is_one_persons_and_logs_them_in_ac2(hers, amina, bruno):
    User.objects.filter(pk=bruno.pk).update(username="mina")
    answer = hers.post(PROFILE, SAID | {"username": "MINA"})
    assert answer.status_code == 409
    assert answer.context["form"].errors == {"username": ["Somebody else has this user name. Choose another one."]}
    assert User.objects.get(pk=amina.pk).username is None
    assert hers.post(PROFILE, SAID | {"username": "Mina.H"}).status_code == 302
    fresh = Client()
    fresh.post(reverse("account_login"), {"login": "mina.h", "password": "opening-night"})
    assert fresh.session["_auth_user_id"] == str(amina.pk)
    assert hers.post(PROFILE, SAID | {"username": ""}).status_code == 302
    assert User.objects.get(pk=amina.pk).username is None


def test_profile_is_for_who_is_logged_in(client):
    for name in ("account_profile", "account_dependents", "account_data", "account_deletion"):
        answer = client.get(reverse(name))
        assert (answer.status_code, answer["Location"]) == (302, f"{reverse('account_login')}?next={reverse(name)}")


def test_profile_cannot_be_sent_from_another_site(amina):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(amina)
    for name in (
        "account_profile", "account_picture", "account_picture_address", "account_picture_removal",
        "account_dependent_new", "account_data", "account_deletion_proof", "account_deletion_code",
    ):  # fmt: skip
        assert strict.post(reverse(name), SAID).status_code == 403
    assert kept(amina)["name"] == "Amina Yilmaz"


def test_home_city_is_offered_out_of_where_something_is_on(hers, amina, house):
    assert hers.get(PROFILE).context["form"].fields["home_city"].choices == [("", "All cities"), ("Graz", "Graz")]
    hers.post(PROFILE, SAID | {"home_city": "Graz"})
    assert kept(amina)["home_city"] == "Graz"


def test_home_city_stays_to_be_chosen_when_nothing_is_on_there(hers, amina):
    User.objects.filter(pk=amina.pk).update(home_city="Wels")
    assert hers.get(PROFILE).context["form"].fields["home_city"].choices == [("", "All cities"), ("Wels", "Wels")]
    assert hers.post(PROFILE, SAID | {"home_city": "Wels"}).status_code == 302


@override_settings(LANGUAGES=[("en", "English"), ("de", "German")])
def test_language_takes_effect_at_once_and_at_the_next_login_elsewhere(hers, amina):
    form = hers.get(PROFILE).context["form"]
    assert form.fields["language"].choices == [("en", "English"), ("de", "Deutsch")]
    answer = hers.post(PROFILE, SAID | {"language": "de"})
    assert answer.cookies["django_language"].value == "de"
    assert '<html lang="de"' in hers.get(PROFILE).text
    elsewhere = Client()
    assert '<html lang="en"' in elsewhere.get("/").text
    elsewhere.post(reverse("account_login"), {"login": amina.email, "password": "opening-night"})
    assert '<html lang="de"' in elsewhere.get("/").text


def test_language_is_not_asked_for_where_there_is_one(hers):
    assert "language" not in hers.get(PROFILE).context["form"].fields


def test_time_zone_is_the_clock_of_what_has_no_venue_and_can_be_given_up(hers, amina):
    hers.post(PROFILE, SAID)
    assert hers.cookies["time_zone"].value == "Asia/Tokyo"
    seen = []
    asked = RequestFactory().get("/")
    asked.COOKIES["time_zone"] = "Asia/Tokyo"
    time_zones(lambda _request: seen.append(timezone.get_current_timezone_name()))(asked)
    assert (seen, timezone.get_current_timezone_name()) == (["Asia/Tokyo"], "UTC")
    answer = hers.post(PROFILE, SAID | {"time_zone": ""})
    assert answer.cookies["time_zone"]["max-age"] == 0


@pytest.mark.parametrize("name", ["../../etc/passwd", "UTC\0", "Asia", "posix/Asia/Tokyo", "x" * 5000])
def test_time_zone_of_a_forged_cookie_is_left_alone(client, name):
    client.cookies["time_zone"] = name
    assert client.get("/").status_code == 200


def test_zone_choices_are_told_by_place_and_distance():
    regions = dict(zone_choices(NOW)[1:])
    assert ("Europe/Vienna", "Vienna (UTC+01:00)") in regions["Europe"]
    assert ("America/Argentina/Buenos_Aires", "Argentina, Buenos Aires (UTC−03:00)") in regions["America"]
    summer = dict(zone_choices(NOW + dt.timedelta(days=200))[1:])
    assert ("Europe/Vienna", "Vienna (UTC+02:00)") in summer["Europe"]
    assert sum(len(zones) for zones in regions.values()) == len(known_zones())


def test_profile_reads_as_little_with_much_to_show(hers, amina, django_assert_num_queries):
    hers.get(PROFILE)
    with django_assert_num_queries(5):
        hers.get(PROFILE)


def test_account_menu_leads_to_all_pages(hers, amina):
    page = hers.get(reverse("customer:venues")).text
    for name in ("account_profile", "account_dependents", "account_security", "notifications"):
        assert f'href="{reverse(name)}"' in page
