"""How a control panel comes to trust a reader: who it is, what it can, and the secure channel. Sans-IO: whoever calls brings the
way to ask."""

from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

from drivers.osdp.codes import (
    ACK,
    CAP,
    CAP_SECURITY,
    CCRYPT,
    CHLNG,
    ID,
    KEY_DEFAULT,
    KEY_OWN,
    KEYSET,
    PDCAP,
    PDID,
    RMAC_I,
    SCRYPT,
    SCS_11,
    SCS_12,
    SCS_13,
    SCS_14,
)
from drivers.osdp.secure import CRYPTOGRAM_BYTES, KEY_BYTES, RANDOM_BYTES, SCBK_D, Channel, Keys, same
from drivers.osdp.session import Reply, Session

Random = Callable[[int], bytes]
_UID_BYTES: Final = 8
_CCRYPT_BYTES: Final = _UID_BYTES + RANDOM_BYTES + CRYPTOGRAM_BYTES
_KEY_TYPE_SCBK: Final = 1
_ACCEPTED: Final = 1


class Ask(Protocol):
    """Puts one question. Raises NoAnswer."""

    def __call__(self, code: int, data: bytes = b"", block: bytes = b"") -> Reply: ...  # noqa: D102


class Identity(NamedTuple):
    """What a reader says of itself, unproven. `secure`: it knows the secure channel, None where it does not say; `default_key`:
    it says that it still has the key of the factory."""

    known: bool
    secure: bool | None
    default_key: bool


def identify(ask: Ask) -> Identity:
    """Ask who it is. A reader that does not want to say may be one all the same."""
    known = ask(ID, b"\0").code == PDID
    reply = ask(CAP, b"\0")
    if reply.code != PDCAP:
        return Identity(known, None, False)
    for at in range(0, len(reply.data) - 2, 3):
        function, level, number = reply.data[at : at + 3]
        if function == CAP_SECURITY:
            return Identity(known, bool(level & 1), bool(number & 1))
    return Identity(known, False, False)


def open_channel(session: Session, ask: Ask, key: bytes, which: int, identity: Identity, random: Random) -> str:
    """Open the secure channel with `key`. Returns why it is not open, by name: `no_secure_channel`, `default_key` (the reader
    still has the factory's), `wrong_key`, `not_accepted`; empty: it is open, and both ends have shown that they have the key."""
    rnd_a = random(RANDOM_BYTES)
    reply = ask(CHLNG, rnd_a, bytes((SCS_11, which)))
    if reply.code != CCRYPT or reply.block[:1] != bytes((SCS_12,)):
        return _why_not(identity)
    if len(reply.data) != _CCRYPT_BYTES:
        return "no_secure_channel"
    rnd_b, cryptogram = reply.data[_UID_BYTES:-CRYPTOGRAM_BYTES], reply.data[-CRYPTOGRAM_BYTES:]
    keys = Keys(key, rnd_a, rnd_b)
    if not same(keys.client_cryptogram, cryptogram):
        has_default = same(Keys(SCBK_D, rnd_a, rnd_b).client_cryptogram, cryptogram)
        return "default_key" if has_default else "wrong_key"
    if which == KEY_OWN and reply.block[1:2] == bytes((KEY_DEFAULT,)):
        return "default_key"
    done = ask(SCRYPT, keys.server_cryptogram, bytes((SCS_13, which)))
    if done.code != RMAC_I or done.block != bytes((SCS_14, _ACCEPTED)) or not same(done.data, keys.first_mac):
        return "not_accepted"
    session.channel = Channel(keys)
    return ""


def has_default_key(session: Session, ask: Ask, random: Random) -> bool:
    """Whether a reader that does not know our key answers to the factory's. Nothing is told to it but a random number."""
    session.restart()
    identify(ask)
    rnd_a = random(RANDOM_BYTES)
    reply = ask(CHLNG, rnd_a, bytes((SCS_11, KEY_DEFAULT)))
    if reply.code != CCRYPT or len(reply.data) != _CCRYPT_BYTES:
        return False
    rnd_b = reply.data[_UID_BYTES:-CRYPTOGRAM_BYTES]
    return same(Keys(SCBK_D, rnd_a, rnd_b).client_cryptogram, reply.data[-CRYPTOGRAM_BYTES:])


def _why_not(identity: Identity) -> str:
    if identity.default_key:
        return "default_key"
    return "wrong_key" if identity.secure else "no_secure_channel"


def give_key(session: Session, ask: Ask, key: bytes, random: Random) -> str:
    """Set `key` in a reader that still has the factory's. Returns why that did not work, by name, as `open_channel` does, or
    `key_refused`; empty: it has the key, and the session is to be begun anew. Whoever listens to the line meanwhile learns the
    key: everybody knows the one that it travels under."""
    session.restart()
    identity = identify(ask)
    wrong = open_channel(session, ask, SCBK_D, KEY_DEFAULT, identity, random)
    if wrong:
        return wrong
    reply = ask(KEYSET, bytes((_KEY_TYPE_SCBK, KEY_BYTES)) + key)
    return "" if reply.code == ACK and reply.proven else "key_refused"
