"""What an agent is given when it enrols, and what both ends make of it.

An agent without a key brings a one-time token to `POST /enrol` and gets its MAC key, and how to be let in by the broker. Its user
name there is its id, and its password is made from its key, so that nobody has to keep a second secret: from the password
nobody learns the key.
"""

from hashlib import blake2b

ENROL_PATH = "/enrol"
TOKEN_LIFE_S = 15 * 60
OVERLAP_S = 10 * 60
"""An old key is good until the new one is used, and for so long at most."""


def broker_password(key: bytes) -> str:
    """The agent's password at the broker: 192 bits, as hex."""
    return blake2b(b"broker", digest_size=24, key=key, person=b"watchkeeper").hexdigest()
