"""What is typed to prove a login, and to change how it is proved."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from core.kernel.errors import Refusal, TooOften
from portals.refusal_status import status_of

UNPROCESSABLE = 422


class CodeForm(forms.Form):
    """A code of six digits, or where there is an app one of its recovery codes."""

    code = forms.CharField(
        max_length=20,
        error_messages={"required": _("Type the code.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, with_app: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code") if with_app else _("Six digits")
        if not with_app:
            self.fields["code"].widget.attrs |= {"inputmode": "numeric", "class": "code-input", "maxlength": 6}


class AppForm(forms.Form):
    """The code that the new app shows, and the secret it was given, sealed."""

    sealed = forms.CharField(max_length=400, widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("The code that it shows now"),
        max_length=10,
        error_messages={"required": _("Type the six digits that your app shows.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code-input"}),
    )

    def clean_code(self) -> str:
        """Apps show it in two halves."""
        return str(self.cleaned_data["code"]).replace(" ", "")


class ProofForm(forms.Form):
    """Who changes how logins are proved says once more that it is them."""

    proof = forms.CharField(
        label=_("Your password, or a code of your app"),
        max_length=1024,
        strip=False,
        error_messages={"required": _("Type your password, or a code of your app.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class AppWithProofForm(AppForm, ProofForm):
    """Both at once, where the login was some time ago or another app is replaced."""

    field_order = ("proof", "code")


def refuse(request: HttpRequest, page: str, context: dict[str, Any], refusal: Refusal) -> HttpResponse:
    """The page again, with what was refused said beside the field; too often, with when to come back."""
    form = context["form"]
    if form.is_bound:
        form.add_error(context.get("refused_field", "code"), str(refusal))
    else:
        context["refusal"] = str(refusal)
    status = status_of(refusal)
    response = render(request, page, context, status=UNPROCESSABLE if status == 400 else status)
    if isinstance(refusal, TooOften):
        response["Retry-After"] = str(refusal.retry_after)
    return response
