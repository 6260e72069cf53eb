"""Names, passwords and tokens."""

import threading
from typing import Any

import pytest
from argon2 import PasswordHasher

from hub.accounts.secrets import (
    HASHES_AT_ONCE,
    HASHES_WAITING_MAX,
    Passwords,
    TooBusy,
    account_key,
    digest_of,
    new_token,
    wrong_with_name,
    wrong_with_password,
)
from tests.support.outward_rig import cheap_passwords, until


@pytest.mark.parametrize(
    "password",
    ["short", "Password1234", "passw0rd!!!!", "1234567890", "aaaaaaaaaaaa", "Watchkeeper2026", "李伟李伟李伟李伟李伟", "x" * 201],
)
def test_what_is_guessed_first_is_no_password(password):
    wrong = wrong_with_password(password, "李伟")
    assert wrong is not None
    assert wrong.reason == "weak_password"
    assert " / " in wrong.message


def test_the_own_name_with_a_number_is_no_password():
    assert wrong_with_password("Zhang-Wei-Min-2026", "zhang-wei-min") is not None


@pytest.mark.parametrize("password", ["four words of mine", "correcthorse", "四个字很好记的一句话", "tr0ub4dor&3x"])
def test_nothing_is_asked_of_how_a_password_is_made_up(password):
    assert wrong_with_password(password, "li") is None


@pytest.mark.parametrize("name", ["", " ", "a/b", "a\nb", " li", "a" * 61, "a\u200bb", "a?b"])
def test_some_texts_are_no_names(name):
    assert wrong_with_name(name) is not None


def test_a_name_is_the_same_in_any_case_and_width():
    assert account_key("Ｌｉ Wei") == account_key("li wei") == account_key("LI WEI")
    assert account_key("李伟") == "李伟"


def test_a_password_fits_its_hash_and_no_other_does():
    passwords = cheap_passwords()
    kept = passwords.hash("four words of mine")
    assert "four" not in kept
    assert passwords.fits("four words of mine", kept)
    assert not passwords.fits("four words of yours", kept)
    assert not passwords.fits("four words of mine", "")
    assert not passwords.fits("", "")
    assert not passwords.fits("four words of mine", "no hash at all")


def test_where_there_is_no_account_as_much_is_computed():
    asked: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: Any, password: Any) -> Any:  # noqa: A002
            asked.append(hash)
            return super().verify(hash, password)

    passwords = Passwords(Counting(time_cost=1, memory_cost=8, parallelism=1))
    kept = passwords.hash("four words of mine")
    passwords.fits("x", kept)
    passwords.fits("x", "")
    costs = [one.split("$")[1:4] for one in asked]
    assert costs[0] == costs[1] == ["argon2id", "v=19", "m=8,t=1,p=1"]
    assert len(asked[0]) == len(asked[1])


def test_only_so_many_passwords_are_hashed_and_waited_for_at_once():
    gate, inside = threading.Event(), []

    class Slow(PasswordHasher):
        def hash(self, password: Any, **_: Any) -> str:
            inside.append(password)
            gate.wait(30)
            return "hash"

    passwords = Passwords(Slow())
    threads = [threading.Thread(target=passwords.hash, args=("x",)) for _ in range(HASHES_AT_ONCE + HASHES_WAITING_MAX)]
    for thread in threads:
        thread.start()
    until(lambda: passwords._waiting == len(threads))
    with pytest.raises(TooBusy):
        passwords.hash("one too many")
    assert len(inside) == HASHES_AT_ONCE
    gate.set()
    for thread in threads:
        thread.join()
    assert passwords.hash("x") == "hash"


def test_a_token_is_256_bits_and_what_is_kept_of_it_is_not_it():
    token = new_token()
    assert len({new_token() for _ in range(100)}) == 100
    digest = digest_of(token)
    assert digest is not None
    assert len(digest) == 64
    assert token not in digest
    for wrong in ("", token[:-1], token + "x", "ü" * 43):
        assert digest_of(wrong) is None
