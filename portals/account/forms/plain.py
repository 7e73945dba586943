"""What forms about a login have in common."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from core.accounts.addresses import normalise_email, takes_texts
from core.accounts.models import User

INCOMPLETE_ADDRESS = _("This is not a complete email address, such as name@example.org.")
# How strong it is is asked for while it is typed, with what is known of the person; never with the present password.
ASKS_FOR_STRENGTH = {
    "hx-post": reverse_lazy("account_password_strength"),
    "hx-trigger": "input changed delay:250ms",
    "hx-target": "#strength",
    "hx-swap": "outerHTML",
    "hx-params": "new_password,name,email,mobile",
    "hx-sync": "this:replace",
}
TOO_LONG = _("A password here has at most 1,024 characters. This one is longer.")
NOT_MOBILE = _("This is no mobile number. Give one that takes text messages.")
INCOMPLETE_NUMBER = _("This is not a complete number, such as +43 664 1234567.")


class AddressField(forms.EmailField):
    """A mail address as it is kept, and no longer than that."""

    def to_python(self, value: Any) -> str:
        """In small letters, before its length is looked at: some letters are two when they are small."""
        return normalise_email(super().to_python(value) or "")


def email_field(label: Any) -> AddressField:
    """An address."""
    return AddressField(
        label=label,
        max_length=254,
        error_messages={"required": _("Type your email address."), "invalid": INCOMPLETE_ADDRESS},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


def check_texts(number: Any) -> None:
    """Only what takes text messages and costs nobody more than that."""
    if number and not takes_texts(number):
        raise forms.ValidationError(NOT_MOBILE)


def mobile_field(label: Any, *, required: bool = True, help_text: Any = "") -> PhoneNumberField:
    """A number, as typed at home or abroad."""
    return PhoneNumberField(
        label=label,
        required=required,
        validators=[check_texts],
        help_text=help_text,
        error_messages={"required": _("Type your mobile number."), "invalid": INCOMPLETE_NUMBER},
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )


def password_field(label: Any) -> forms.CharField:
    """The password that somebody has."""
    return forms.CharField(
        label=label,
        max_length=1024,
        strip=False,
        error_messages={"required": _("Type your password."), "max_length": TOO_LONG},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def new_password_field(label: Any) -> forms.CharField:
    """A password to be; how strong it is stands beneath while it is typed."""
    return forms.CharField(
        label=label,
        max_length=1024,
        strip=False,
        error_messages={"required": _("Choose a password."), "max_length": TOO_LONG},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", **ASKS_FOR_STRENGTH}),
    )


def check_strength(form: forms.Form, user: User) -> None:
    """Put what is wrong with the form's new password beside it; `user` is whose it will be."""
    password = form.cleaned_data.get("new_password")
    if password:
        try:
            validate_password(password, user)
        except forms.ValidationError as errors:
            form.add_error("new_password", errors)
