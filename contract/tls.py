"""TLS to the broker, the same at both ends: whom to trust, who one is, and what to say when a connection cannot be made."""

import ssl
from pathlib import Path
from typing import NamedTuple


class Identity(NamedTuple):
    """The files of one's own certificate and its key, PEM, for a broker that asks for one."""

    certificate: Path
    key: Path


def broker_trust(ca_file: Path | None, identity: Identity | None = None) -> ssl.SSLContext:
    """What `mqtts` asks of the broker's certificate: that it is for the host in the address, and descends from one in `ca_file`,
    or from one of the system's where there is none; and what it shows of itself. Raises ValueError with `what is wrong: what to
    write instead`, OSError."""
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except ssl.SSLError:
        raise ValueError("holds no certificate: give a file with the CA's certificate as PEM") from None
    if identity is not None:
        try:
            # an empty password: a key under one fails here, and does not ask on the terminal
            context.load_cert_chain(identity.certificate, identity.key, password="")
        except (ssl.SSLError, ValueError):
            raise ValueError(
                f"is not the certificate of {identity.key}: give PEM files that belong together, the key without a password"
            ) from None
    return context


def connection_failure(error: Exception) -> str:
    """Why no connection came about, in words for whoever set it up."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the broker's certificate is refused ({error.verify_message}): check ca_file, and the host in the broker's url"
    if isinstance(error, ssl.SSLError):
        return f"no TLS with the broker ({error.reason or error}): check that its port speaks TLS"
    return str(error) or type(error).__name__
