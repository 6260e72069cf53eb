"""A push message's encryption (RFC 8291 with aes128gcm, RFC 8188) and who sends it (VAPID, RFC 8292). Pure but for the keys."""

import base64
import hashlib
import hmac
import json
import struct
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SALT_BYTES, AUTH_BYTES, POINT_BYTES = 16, 16, 65
RECORD_BYTES = 4_096
JWT_S = 12 * 3_600
"""A service takes a day at most."""
_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Receiver(NamedTuple):
    """What the browser gives: its public key and a secret."""

    p256dh: bytes
    auth: bytes


def private_key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """The key of 32 random bytes."""
    return ec.derive_private_key(int.from_bytes(secret, "big") % (_ORDER - 1) + 1, _CURVE)


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """The public key as 65 bytes."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def receiver(p256dh: str, auth: str) -> Receiver:
    """What a browser gives as base64url. Raises ValueError where it is no key."""
    found = Receiver(unbase64(p256dh), unbase64(auth))
    ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, found.p256dh)
    if len(found.auth) != AUTH_BYTES or len(found.p256dh) != POINT_BYTES:
        raise ValueError("the secret has 16 bytes, the key 65")
    return found


def sealed(text: bytes, to: Receiver, sender: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """The body of a push: `text` for that receiver alone. `sender`: a key for this one message; `salt`: 16 random bytes."""
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, to.p256dh)
    ours = point(sender.public_key())
    shared = _hmac(to.auth, sender.exchange(ec.ECDH(), theirs))
    secret = _hmac(shared, b"WebPush: info\0" + to.p256dh + ours + b"\x01")
    key = _hmac(salt, secret)
    cipher = AESGCM(_hmac(key, b"Content-Encoding: aes128gcm\0\x01")[:16])
    nonce = _hmac(key, b"Content-Encoding: nonce\0\x01")[:12]
    return salt + struct.pack(">IB", RECORD_BYTES, len(ours)) + ours + cipher.encrypt(nonce, text + b"\x02", None)


def authorization(endpoint: str, key: ec.EllipticCurvePrivateKey, contact: str, now_s: int) -> str:
    """The header by which the push service knows the hub."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": now_s + JWT_S, "sub": contact}
    signed = ".".join(base64url(json.dumps(one).encode()) for one in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(SHA256())))
    signature = base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{signature}, k={base64url(point(key.public_key()))}"


def base64url(data: bytes) -> str:
    """Without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unbase64(text: str) -> bytes:
    """Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()
