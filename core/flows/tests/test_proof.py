"""A visitor proves an address by code."""

import re

import pytest
from django.core import mail

from core.accounts.refusals import WrongCode
from core.flows import proof
from core.notifications.models import Delivery
from core.outbox.models import Message
from e2e.cast import NOW, visitor


@pytest.fixture
def code_by_mail(db, run_outbox):
    proof.send("Amina@Foyer.example ", actor=visitor(), now=NOW)
    stored = str(list(Message.objects.values())) + str(list(Delivery.objects.values()))
    run_outbox(now=NOW)
    plain = re.search(r"\d{6}", mail.outbox[-1].subject)
    assert plain
    return plain[0], stored


def test_prove_gives_a_holder_that_the_address_alone_decides(code_by_mail):
    plain, _ = code_by_mail
    holder = proof.prove("amina@foyer.example", plain, actor=visitor(), now=NOW)
    assert holder == proof.holder_of("AMINA@foyer.example")
    assert holder.startswith("mail:")
    assert "amina" not in holder


def test_send_mails_the_code_to_the_normalised_address_and_stores_no_digits(code_by_mail):
    plain, stored = code_by_mail
    assert mail.outbox[-1].to == ["amina@foyer.example"]
    assert plain not in re.findall(r"(?<!\d)\d{6}(?!\d)", stored)


def test_prove_refuses_a_wrong_code(code_by_mail):
    plain, _ = code_by_mail
    with pytest.raises(WrongCode):
        proof.prove("amina@foyer.example", f"{(int(plain) + 1) % 1_000_000:06d}", actor=visitor(), now=NOW)
