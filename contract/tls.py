"""TLS to the broker, the same at both ends: whom to trust, and what to say when a connection cannot be made."""

import ssl
from pathlib import Path


def broker_trust(ca_file: Path | None) -> ssl.SSLContext:
    """What `mqtts` asks of the broker's certificate: that it is for the host in the address, and descends from one in `ca_file`,
    or from one of the system's where there is none. Raises ValueError with `what is wrong: what to write instead`, OSError."""
    try:
        return ssl.create_default_context(cafile=ca_file)
    except ssl.SSLError:
        raise ValueError("holds no certificate: give a file with the CA's certificate as PEM") from None


def connection_failure(error: Exception) -> str:
    """Why no connection came about, in words for whoever set it up."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the broker's certificate is refused ({error.verify_message}): check ca_file, and the host in the broker's url"
    if isinstance(error, ssl.SSLError):
        return f"no TLS with the broker ({error.reason or error}): check that its port speaks TLS"
    return str(error) or type(error).__name__
