"""What all forms of entering have in common."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

INCOMPLETE_ADDRESS = _("This is not a complete email address, such as name@example.org.")
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
