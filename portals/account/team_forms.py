"""Inviting somebody, and giving a role."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.accounts.actions.teams import givable_roles
from core.accounts.models import Membership, Role

ALLOWS = {
    Role.OWNER: _("Everything, the team and the books too."),
    Role.MANAGER: _("Everything but the books and the owners."),
    Role.CLERK: _("Sells, and looks after bookings."),
    Role.ACCOUNTANT: _("Sees sales and the books, changes nothing."),
    Role.COUNTER: _("Hands cards out and loads them."),
    Role.USHER: _("Scans tickets at the door."),
    Role.SUPERVISOR: _("Scans, and decides where the scanner says no."),
}


class RoleForm(forms.Form):
    """One of the roles that this member may give."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, _said(Role(role))) for role in givable_roles(by)]
        self.fields["role"].error_messages |= {"required": _("Choose a role.")}


def _said(role: Role) -> str:
    return format_html('<span><strong>{}</strong> <span class="says">{}</span></span>', role.label, ALLOWS[role])


class InvitationForm(RoleForm):
    """Whom, and as what."""

    email = forms.EmailField(
        label=_("Email address"),
        max_length=254,
        error_messages={"required": _("Type an address."), "invalid": _("Type a whole address: name@example.org.")},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("email", "role")
