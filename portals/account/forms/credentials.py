"""A password that was forgotten or is changed; another address, another number."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.accounts.models import User
from portals.account.forms.plain import (
    check_strength,
    email_field,
    mobile_field,
    new_password_field,
    password_field,
)


class ForgottenForm(forms.Form):
    """Whose password it is."""

    login = forms.CharField(
        label=_("Email, mobile or user name"),
        max_length=254,
        error_messages={"required": _("Type your email address, mobile number or user name.")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )


class NewPasswordForm(forms.Form):
    """The password from now on."""

    new_password = new_password_field(_("New password"))

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean(self) -> dict[str, Any]:
        """It is as strong for this person as is asked for."""
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        check_strength(self, self.person)
        return answers


class ChangePasswordForm(NewPasswordForm):
    """The present one, and another."""

    password = password_field(_("The password you have now"))
    field_order = ("password", "new_password")


class EmailForm(forms.Form):
    """Another address."""

    email = email_field(_("New address"))
    password = password_field(_("Your password"))


class MobileForm(forms.Form):
    """Another number."""

    mobile = mobile_field(_("New number"))
    password = password_field(_("Your password"))


class PasswordForm(forms.Form):
    """The password, to confirm something."""

    password = password_field(_("Your password"))
