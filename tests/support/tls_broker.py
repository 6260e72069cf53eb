"""A broker that speaks TLS alone, under a CA of its own."""

import subprocess
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from watchkeeper.broker import EmbeddedBroker, Program


class Authority(NamedTuple):
    """A CA: `certificate` is what clients are given as `ca_file`."""

    certificate: Path
    key: Path


class Identity(NamedTuple):
    """A server's certificate and its key."""

    certificate: Path
    key: Path


def _openssl(*words: str | Path) -> None:
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def make_authority(folder: Path, name: str) -> Authority:
    """A new CA."""
    made = Authority(folder / f"{name}.pem", folder / f"{name}.key")
    _openssl("req", "-x509", *_NEW_KEY, "-days", "30", "-subj", f"/CN={name}", "-keyout", made.key, "-out", made.certificate)
    return made


def make_identity(folder: Path, authority: Authority, host: str) -> Identity:
    """A certificate for `host`, an address such as IP:127.0.0.1 or DNS:name, signed by `authority`."""
    name = host.replace(":", "-")
    made = Identity(folder / f"{name}.pem", folder / f"{name}.key")
    asked, more = folder / f"{name}.csr", folder / f"{name}.ext"
    more.write_text(f"subjectAltName={host}\n", encoding="ascii")
    _openssl("req", "-new", *_NEW_KEY, "-subj", "/CN=broker", "-keyout", made.key, "-out", asked)
    signed = ("-CA", authority.certificate, "-CAkey", authority.key, "-CAcreateserial", "-extfile", more, "-days", "30")
    _openssl("x509", "-req", "-in", asked, *signed, "-out", made.certificate)
    return made


def expired_identity(folder: Path, authority: Authority, address: str) -> Identity:
    """A certificate for the IP `address`, signed by `authority`, whose time is over since yesterday."""
    made = Identity(folder / "expired.pem", folder / "expired.key")
    issuer = x509.load_pem_x509_certificate(authority.certificate.read_bytes())
    signer = serialization.load_pem_private_key(authority.key.read_bytes(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    begun = issuer.not_valid_before_utc
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker")]))
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begun - timedelta(days=9))
        .not_valid_after(begun - timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .sign(signer, hashes.SHA256())
    )
    made.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    made.key.write_bytes(key.private_bytes(*plain))
    return made


class TlsBroker(EmbeddedBroker):
    """An embedded broker whose listener takes TLS, with `identity`."""

    def __init__(self, folder: Path, identity: Identity, program: Program) -> None:
        self._identity = identity
        super().__init__(folder, program=program)

    @property
    def url(self) -> str:
        """Its address for agents and the hub."""
        return f"mqtts://127.0.0.1:{self.port}"

    def _settings(self, kept: Path) -> str:
        plain = super()._settings(kept)
        certificate, key = self._identity
        if self.program == "mosquitto":
            listener, rest = plain.split("\n", 1)
            return f"{listener}\ncertfile {certificate}\nkeyfile {key}\n{rest}"
        return plain.replace("ack_wait:", f'tls {{ cert_file: "{certificate}", key_file: "{key}" }}, ack_wait:')
