"""The forms of allauth with Foyer's words."""

from typing import Any

from allauth.account import forms as allauth
from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portals.customer.forms import INCOMPLETE_ADDRESS

PASSWORD_HINT = _("At least ten characters. A short sentence is easy to keep in mind.")
SAID = {
    "name": {"required": _("Say what we may call you.")},
    "login": {"required": _("Type your email address."), "invalid": INCOMPLETE_ADDRESS},
    "email": {"required": _("Type your email address."), "invalid": INCOMPLETE_ADDRESS},
    "password": {"required": _("Type your password.")},
    "oldpassword": {"required": _("Type the password you have now.")},
    "password1": {"required": _("Choose a password.")},
}


NEW_PASSWORD = {
    "oldpassword": _("The password you have now"),
    "password1": _("New password"),
    "password2": _("New password, once more"),
}


class Plain(forms.Form):
    """Labels say what belongs where, so nothing is repeated inside the fields."""

    labels: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.error_messages |= SAID.get(name, {})
            field.label = self.labels.get(name, field.label)
            if "password" in name:
                field.help_text = PASSWORD_HINT if name == "password1" else ""


class LoginForm(Plain, allauth.LoginForm):
    """Address and password."""


class SignupForm(Plain, allauth.SignupForm):
    """Registration: who, beside address and password."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order = ("name", "email", "password1")

    def save(self, request: HttpRequest) -> Any:
        """Keep the name and the language with the login."""
        user = super().save(request)
        user.name = self.cleaned_data["name"]
        user.language = get_language() or "en"
        user.save(update_fields=["name", "language"])
        return user


class AddEmailForm(Plain, allauth.AddEmailForm):
    """Another address instead of the present one."""


class ChangePasswordForm(Plain, allauth.ChangePasswordForm):
    """The old password and a new one."""

    labels = NEW_PASSWORD


class SetPasswordForm(Plain, allauth.SetPasswordForm):
    """A first password."""

    labels = NEW_PASSWORD


class ResetPasswordForm(Plain, allauth.ResetPasswordForm):
    """Where the link for a new password goes."""


class ResetPasswordKeyForm(Plain, allauth.ResetPasswordKeyForm):
    """A new password for somebody who came by that link."""

    labels = NEW_PASSWORD


class ReauthenticateForm(Plain, allauth.ReauthenticateForm):
    """The password once more."""
