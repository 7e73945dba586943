"""The forms of allauth with Foyer's words."""

from typing import Any

from allauth.account import forms as allauth
from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portals.account.forms.plain import NEW_PASSWORD, Plain


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
