"""What people say of themselves, and of those whom they buy for."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from core.accounts.actions.people import FIRST_MIDNIGHT
from core.accounts.models import Dependent, User
from core.accounts.models.people import USER_NAME
from core.accounts.names import check_name
from core.accounts.pictures import MOST_BYTES, PictureRefused
from portals.account.zones import zone_choices

NOT_A_NUMBER = _("This is not a complete number, such as +43 664 1234567.")


class ProfileForm(forms.Form):
    """Names, language, clock, city, and whom to call when something happens."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        validators=[check_name],
        error_messages={"required": _("Say what your name is: it stands on your tickets.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    known_as = forms.CharField(
        label=_("What we call you"),
        max_length=60,
        validators=[check_name],
        required=False,
        help_text=_("Where it is something else than your name."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=40,
        required=False,
        help_text=_("One more way to log in, beside your address and number. Most people need none."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    language = forms.ChoiceField(label=_("Language"), help_text=_("Of pages and messages."))
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_("For what happens in your account. Shows are always told on the clock of their venue."),
    )
    home_city = forms.ChoiceField(
        label=_("Your city"),
        required=False,
        help_text=_("What’s on opens with this city; you can always look further."),
    )
    emergency_name = forms.CharField(label=_("Name"), max_length=120, required=False, validators=[check_name])
    emergency_mobile = PhoneNumberField(
        label=_("Mobile"),
        required=False,
        error_messages={"invalid": NOT_A_NUMBER},
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )

    def __init__(self, *args: Any, user: User, cities: Iterable[str], now: dt.datetime, **kwargs: Any) -> None:
        initial = {name: getattr(user, name) for name in self.base_fields}
        super().__init__(*args, initial=initial, **kwargs)
        choices: dict[str, list[Any]] = {
            "language": [(code, LANG_INFO.get(code, {}).get("name_local", name)) for code, name in settings.LANGUAGES],
            "time_zone": zone_choices(now),
            "home_city": [("", gettext("All cities")), *((city, city) for city in _with(user.home_city, cities))],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        if len(settings.LANGUAGES) == 1:
            del self.fields["language"]

    def clean_username(self) -> str | None:
        """As the row keeps it: in small letters, or none."""
        typed: str = self.cleaned_data["username"].lower()
        if typed:
            USER_NAME(typed)
        return typed or None

    def clean(self) -> dict[str, Any]:
        """Somebody to call has a name and a number, or there is nobody."""
        said: dict[str, Any] = super().clean() or {}
        name, mobile = said.get("emergency_name"), said.get("emergency_mobile")
        if name and not mobile and "emergency_mobile" not in self.errors:
            self.add_error("emergency_mobile", gettext("Give the number to call, or leave the name out too."))
        if mobile and not name and "emergency_name" not in self.errors:
            self.add_error("emergency_name", gettext("Say whom we reach at this number, or leave it out too."))
        return said

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned answers as the row keeps them."""
        return self.cleaned_data | {"emergency_mobile": str(self.cleaned_data["emergency_mobile"] or "")}


class PictureForm(forms.Form):
    """A file."""

    picture = forms.FileField(
        label=_("A picture from this device"),
        help_text=_("JPEG, PNG or WebP, at most 5 MB. We cut out the square in its middle and keep nothing else."),
        error_messages={"required": _("Choose a file first."), "empty": _("This file is empty.")},
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "data-most": MOST_BYTES}),
    )

    def clean_picture(self) -> Any:
        """Refused by its size before it is read."""
        sent = self.cleaned_data["picture"]
        if sent.size > MOST_BYTES:
            raise forms.ValidationError(str(PictureRefused.too_heavy()))
        return sent


class PictureAddressForm(forms.Form):
    """An address to fetch a picture from."""

    url = forms.URLField(
        label=_("Address of a picture"),
        max_length=2000,
        assume_scheme="https",
        help_text=_("It begins with https:// and can be opened by everybody."),
        error_messages={
            "required": _("Type the address of the picture."),
            "invalid": _("This is not a complete address, such as https://example.org/me.jpg."),
        },
    )

    def clean_url(self) -> str:
        """Only over a line that nobody listens in on."""
        url: str = self.cleaned_data["url"]
        if not url.startswith("https://"):
            raise forms.ValidationError(gettext("We fetch pictures from addresses that begin with https:// only."))
        return url


class DependentForm(forms.Form):
    """Somebody whom the person buys for."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        validators=[check_name],
        error_messages={"required": _("Say who it is.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    relation = forms.ChoiceField(label=_("Who is it to you"), choices=Dependent.Relation.choices)
    born_on = forms.DateField(
        label=_("Day of birth"),
        required=False,
        error_messages={"invalid": _("This is not a day, such as 2019-05-23.")},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "min": "1900-01-01"}),
    )
    door_notes = forms.CharField(
        label=_("What the door should know"),
        max_length=300,
        required=False,
        help_text=_("“Uses a wheelchair”, “is afraid of the dark”. Only you and the people at the door see it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, now: dt.datetime, dependent: Dependent | None = None, **kwargs: Any) -> None:
        initial = {name: getattr(dependent, name) for name in self.base_fields} if dependent else {}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["born_on"].widget.attrs["max"] = (now + FIRST_MIDNIGHT).date().isoformat()

    def clean_born_on(self) -> dt.date | None:
        """Not before anybody who lives."""
        born: dt.date | None = self.cleaned_data["born_on"]
        if born and born.year < 1900:
            raise forms.ValidationError(gettext("This day is too long ago. Look at the year."))
        return born


def _with(city: str, cities: Iterable[str]) -> list[str]:
    return sorted({*cities, *([city] if city else [])})
