"""What customers type."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from core.bookings.actions import Contact
from portals.account.forms.plain import INCOMPLETE_ADDRESS


class ContactForm(forms.Form):
    """To whom the tickets go."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        error_messages={"required": _("Say in whose name the tickets are.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Email"),
        max_length=254,
        help_text=_("Your tickets go there."),
        error_messages={"required": _("Say where the tickets go."), "invalid": INCOMPLETE_ADDRESS},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    mobile = PhoneNumberField(
        label=_("Mobile"),
        required=False,
        help_text=_("Only to reach you about this show."),
        error_messages={"invalid": _("This is not a complete number, such as +43 664 1234567. You may leave it out.")},
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )

    def contact(self) -> Contact:
        """The cleaned answers in the form that a booking takes; the language is that of the page."""
        answers = self.cleaned_data
        return Contact(
            name=answers["name"],
            email=answers["email"],
            mobile=str(answers["mobile"] or ""),
            language=get_language() or "en",
        )


class AddressForm(forms.Form):
    """An address to send a code to."""

    email = forms.EmailField(
        label=_("Email"),
        max_length=254,
        error_messages={"required": _("Say where the code goes."), "invalid": INCOMPLETE_ADDRESS},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class CodeForm(forms.Form):
    """The code that came by mail."""

    email = forms.EmailField(max_length=254, widget=forms.HiddenInput)
    code = forms.RegexField(
        r"^\s*\d{6}\s*$",
        label=_("Code"),
        error_messages={"invalid": _("The code has six digits.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 6, "class": "code-input"}
        ),
    )
