"""AC4: a proof is good for one new password."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from core.accounts.actions import make_code
from core.accounts.models import Code, User
from core.accounts.refusals import WrongCode
from core.flows import passwords
from e2e.cast import NOW, visitor


@pytest.mark.django_db(transaction=True)
def test_of_five_new_passwords_by_one_proof_at_once_one_is_taken():
    gus = User.objects.create_user("gus@foyer.example", "opening-night", email_verified_at=NOW)
    actor = visitor("gus")
    _code, plain = make_code(Code.Purpose.RESET, destination=gus.email, actor=actor, now=NOW)
    proof = passwords.prove_reset(gus.email, plain, actor=actor, now=NOW)

    def choose(number: int) -> bool:
        try:
            passwords.finish_reset(proof, f"curtain-call-{number}", actor=actor, now=NOW)
        except WrongCode:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(5) as pool:
        taken = list(pool.map(choose, range(5)))
    gus.refresh_from_db()
    assert [gus.check_password(f"curtain-call-{number}") for number in range(5)] == taken
    assert sorted(taken) == [False] * 4 + [True]
