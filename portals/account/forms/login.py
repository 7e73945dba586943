"""Logging in."""

from typing import Any

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.account.models import Login
from django import forms
from django.utils.translation import gettext_lazy as _

from portals.account.forms.plain import password_field

MISMATCH = _("These do not belong together. Check both, or choose a new password.")


class LoginForm(allauth.LoginForm):  # type: ignore[misc]
    """Who, and the password. Which of the two was wrong is not said."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("Email, mobile or user name"),
            max_length=254,
            error_messages={"required": _("Type your email address, mobile number or user name.")},
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        )
        self.fields["password"] = password_field(_("Password"))
        self.order_fields(["login", "password"])

    def clean(self) -> dict[str, Any]:
        """Let the person in question be proved. Raises LockedOut."""
        answers: dict[str, Any] = forms.Form.clean(self) or self.cleaned_data
        if not self.errors:
            adapter = get_adapter(self.request)
            self.user = adapter.authenticate(self.request, login=answers["login"], password=answers["password"])
            if self.user is None:
                raise forms.ValidationError(MISMATCH)
            self._login = Login(user=self.user, email=self.user.email)
        return answers

    def user_credentials(self) -> dict[str, Any]:
        """What allauth notes of how somebody logged in."""
        return {"email": self.user.email, "password": self.cleaned_data["password"]} if self.user else {}
