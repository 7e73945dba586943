"""Who takes their data along, or leaves, says once more that it is them."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.accounts import actions as accounts
from core.accounts.models import Code, User
from core.flows import security
from core.kernel.actor import Actor


def destination_for(person: User) -> str:
    """Where a code goes to somebody who has no password; "" for who has one."""
    if person.has_usable_password():
        return ""
    if person.mobile and person.mobile_verified_at and not person.email_verified_at:
        return str(person.mobile)
    return person.email


class DataForm(forms.Form):
    """The password, or a code of the app; who has no password types the code that was sent."""

    proof = forms.CharField(max_length=1024, strip=False)

    def __init__(self, *args: Any, person: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        proof = self.fields["proof"]
        if person is None:
            del self.fields["proof"]
        elif person.has_usable_password():
            proof.label = _("Your password, or a code of your app")
            proof.widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
            proof.error_messages["required"] = _("Type your password, or a code of your app.")
        else:
            proof.label = _("The code that we sent you")
            words = {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code-input", "maxlength": 6}
            proof.widget.attrs |= words
            proof.error_messages["required"] = _("Have a code sent to you, and type it.")

    def prove(self, *, actor: Actor, now: dt.datetime) -> None:
        """Raises the refusal where it is not them."""
        if self.person is None:
            return
        typed = self.cleaned_data["proof"]
        if self.person.has_usable_password():
            security.prove_again(self.person, typed, actor=actor, now=now)
        else:
            to = destination_for(self.person)
            accounts.use_code(Code.Purpose.CONFIRM, destination=to, plain=typed.strip(), actor=actor, now=now)


class LeavingForm(DataForm):
    """The same, and a tick."""

    sure = forms.BooleanField(
        label=_("I know that nobody can bring my account back"),
        error_messages={"required": _("Tick this if you are sure.")},
    )
