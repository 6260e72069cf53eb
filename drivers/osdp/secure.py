"""The secure channel of OSDP v2: session keys, cryptograms, MACs and the encryption of data. Pure; both ends of the line use it.

Names are the standard's. All is AES-128. A frame's MAC is made with the last MAC of the other direction, so that a frame that is
played again, left out or put in breaks the chain."""

import hmac
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY_BYTES: Final = 16
RANDOM_BYTES: Final = 8
CRYPTOGRAM_BYTES: Final = 16
SCBK_D: Final = bytes(range(0x30, 0x40))
"""The key that every reader leaves the factory with, and that everybody knows."""
_MAC_BYTES: Final = 4
_BLOCK: Final = 16
_PAD: Final = 0x80
_S_ENC: Final = b"\x01\x82"
_S_MAC1: Final = b"\x01\x01"
_S_MAC2: Final = b"\x01\x02"


def _ecb(key: bytes, block: bytes) -> bytes:
    # One block under a key of its own: this is how the standard derives keys and makes cryptograms.
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305
    return encryptor.update(block) + encryptor.finalize()


def _cbc(key: bytes, start: bytes, data: bytes) -> bytes:
    encryptor = Cipher(algorithms.AES(key), modes.CBC(start)).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def _padded(data: bytes) -> bytes:
    return data + bytes((_PAD,)) + bytes(-(len(data) + 1) % _BLOCK)


def _inverted(data: bytes) -> bytes:
    return bytes(byte ^ 0xFF for byte in data)


class Keys:
    """The keys of one session, from the base key and both sides' random numbers."""

    def __init__(self, scbk: bytes, rnd_a: bytes, rnd_b: bytes) -> None:
        self._rnd_a = rnd_a
        self._rnd_b = rnd_b
        self.s_enc, self.s_mac1, self.s_mac2 = (_ecb(scbk, label + rnd_a[:6] + bytes(8)) for label in (_S_ENC, _S_MAC1, _S_MAC2))

    @property
    def client_cryptogram(self) -> bytes:
        """What a reader that has the base key answers."""
        return _ecb(self.s_enc, self._rnd_a + self._rnd_b)

    @property
    def server_cryptogram(self) -> bytes:
        """What a control panel that has it says then."""
        return _ecb(self.s_enc, self._rnd_b + self._rnd_a)

    @property
    def first_mac(self) -> bytes:
        """The initial R-MAC, which the reader proves itself with a second time."""
        return _ecb(self.s_mac2, _ecb(self.s_mac1, self.server_cryptogram))


def same(one: bytes, other: bytes) -> bool:
    """Whether two secrets are equal, in a time that tells nothing."""
    return hmac.compare_digest(one, other)


class Channel:
    """An open channel at either end. `seal_*` and `open_*` of a direction follow each other as the frames do: each moves the
    chain of MACs on, and `open_*` only when the MAC is right."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._c_mac = bytes(_BLOCK)
        self._r_mac = keys.first_mac

    def encrypt_command(self, data: bytes) -> bytes:
        """Data of the next command, as it goes over the wire."""
        return _cbc(self._keys.s_enc, _inverted(self._r_mac), _padded(data))

    def encrypt_reply(self, data: bytes) -> bytes:
        """Data of the next reply, as it goes over the wire."""
        return _cbc(self._keys.s_enc, _inverted(self._c_mac), _padded(data))

    def seal_command(self, unchecked: bytes) -> bytes:
        """The MAC of the next command, whose bytes up to it are `unchecked`."""
        self._c_mac = self._mac(unchecked, self._r_mac)
        return self._c_mac[:_MAC_BYTES]

    def seal_reply(self, unchecked: bytes) -> bytes:
        """The MAC of the next reply."""
        self._r_mac = self._mac(unchecked, self._c_mac)
        return self._r_mac[:_MAC_BYTES]

    def open_command(self, unchecked: bytes, mac: bytes, data: bytes, *, encrypted: bool) -> bytes | None:
        """The plain data of a command that came; None: it is not from whom it should be, or not the next one."""
        found = self._mac(unchecked, self._r_mac)
        if not same(found[:_MAC_BYTES], mac):
            return None
        plain = self._decrypted(data, self._r_mac) if encrypted else data
        self._c_mac = found
        return plain

    def open_reply(self, unchecked: bytes, mac: bytes, data: bytes, *, encrypted: bool) -> bytes | None:
        """The plain data of a reply that came; None: it is not from whom it should be, or not the next one."""
        found = self._mac(unchecked, self._c_mac)
        if not same(found[:_MAC_BYTES], mac):
            return None
        plain = self._decrypted(data, self._c_mac) if encrypted else data
        self._r_mac = found
        return plain

    def _mac(self, data: bytes, start: bytes) -> bytes:
        whole = data if len(data) % _BLOCK == 0 else _padded(data)
        if len(whole) > _BLOCK:
            start = _cbc(self._keys.s_mac1, start, whole[:-_BLOCK])[-_BLOCK:]
        return _cbc(self._keys.s_mac2, start, whole[-_BLOCK:])

    def _decrypted(self, data: bytes, last_mac: bytes) -> bytes | None:
        if len(data) % _BLOCK:
            return None
        if not data:
            return b""  # some readers mark a reply without data as encrypted
        decryptor = Cipher(algorithms.AES(self._keys.s_enc), modes.CBC(_inverted(last_mac))).decryptor()
        plain = (decryptor.update(data) + decryptor.finalize()).rstrip(b"\0")
        return plain[:-1] if plain.endswith(bytes((_PAD,))) else None
