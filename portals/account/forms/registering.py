"""Registering."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.accounts.actions import Newcomer
from core.accounts.models import User
from core.accounts.names import check_name
from portals.account.forms.plain import check_strength, email_field, mobile_field, new_password_field


class RegistrationForm(forms.Form):
    """Who, and how to reach them. Whether somebody has that address already is not said here."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        validators=[check_name],
        error_messages={"required": _("Say what we may call you.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = email_field(_("Email"))
    mobile = mobile_field(
        _("Mobile"),
        required=False,
        help_text=_("With it you can log in by number, and we confirm it instead of the address."),
    )
    new_password = new_password_field(_("Password"))

    def clean(self) -> dict[str, Any]:
        """The password is as strong for this person as is asked for."""
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        known = User(name=answers.get("name", ""), email=answers.get("email", ""), mobile=answers.get("mobile") or None)
        check_strength(self, known)
        return answers

    def newcomer(self) -> Newcomer:
        """The answers, the password hashed."""
        answers = self.cleaned_data
        return Newcomer.of(
            name=answers["name"],
            email=answers["email"],
            mobile=str(answers["mobile"] or ""),
            password=answers["new_password"],
            language=get_language() or "en",
        )
