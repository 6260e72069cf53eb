"""The certificate that the hub shows, and its key."""

import ssl
from pathlib import Path


class BadPair(ValueError):
    """They cannot be used. `which` is the setting at fault, `told` what is wrong and what to do instead."""

    def __init__(self, which: str, what: str, instead: str) -> None:
        super().__init__(f"{which} {what}: {instead}")
        self.which, self.told = which, (what, instead)


def check_pair(certificate: Path, key: Path) -> None:
    """That both can be read and belong together. Raises BadPair."""
    for which, file in (("certificate", certificate), ("key", key)):
        try:
            file.read_bytes()
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise BadPair(which, f"cannot be read ({reason})", "give the path of a file that is there and may be read") from None
    try:
        # an empty password: a key under one fails here, and does not ask on the terminal
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key, password="")
    except (ssl.SSLError, OSError, ValueError):
        told = "give PEM files that belong together, the key without a password"
        raise BadPair("key", "is not the certificate's key, or one of both is no PEM", told) from None
