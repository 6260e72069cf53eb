"""A local authority, and a certificate under it for a hub's names and addresses."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from contract.clock import US_PER_S
from contract.tls import Identity
from hub.enrolment.authority import EARLY, load_authority, sign_client

AUTHORITY_DAYS = 3_650
SERVER_DAYS = 800
"""Phones refuse certificates that last longer than 825 days, also of an authority that they trust."""


class Made(NamedTuple):
    """The files that were written. `new_authority`: it has to be given to everybody who is to trust the hub."""

    authority: Path
    certificate: Path
    key: Path
    until: datetime
    new_authority: bool


def make_certificate(folder: Path, hosts: Sequence[str], now_us: int) -> Made:
    """A fresh certificate and key for these names and addresses, and for this machine itself, in `folder`, signed by the
    authority there, which is made where it is missing. Raises BadAuthority, ValueError for a name that is none, OSError."""
    now = datetime.fromtimestamp(now_us // US_PER_S, UTC)
    alternatives = [_host(one) for one in dict.fromkeys((*hosts, "localhost", "127.0.0.1"))]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = Made(folder / "ca.pem", folder / "hub.pem", folder / "hub.key", now + timedelta(days=SERVER_DAYS), False)
    is_new = not files.authority.exists() and not (folder / "ca.key").exists()
    authority, authority_key = _new_authority(folder, now) if is_new else _old_authority(folder, now)
    until = min(files.until, authority.not_valid_after_utc)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0][:64])]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLY)
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    _write(files.key, _pem_of(key), 0o600)
    _write(files.certificate, b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (certificate, authority)), 0o644)
    return files._replace(until=until, new_authority=is_new)


def make_client_certificate(folder: Path, name: str, now_us: int) -> Identity:
    """A certificate and key by which `name` is known to a broker, signed by the authority in `folder`. Raises BadAuthority,
    OSError."""
    authority = load_authority(folder, datetime.fromtimestamp(now_us // US_PER_S, UTC))
    key = ec.generate_private_key(ec.SECP256R1())
    asked = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    made = Identity(folder / f"{name}-client.pem", folder / f"{name}-client.key")
    _write(made.key, _pem_of(key), 0o600)
    _write(made.certificate, sign_client(authority, asked, name, now_us).pem.encode(), 0o644)
    return made


def _new_authority(folder: Path, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Watchkeeper local CA {now:%Y-%m-%d}")])
    usage = {name: name in ("key_cert_sign", "crl_sign") for name in (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign",
        "crl_sign", "encipher_only", "decipher_only")}  # fmt: skip
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLY)
        .not_valid_after(now + timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(folder / "ca.key", _pem_of(key), 0o600)
    _write(folder / "ca.pem", certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    return certificate, key


def _old_authority(folder: Path, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    found = load_authority(folder, now)
    return found.certificate, found.key


def _host(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        pass
    labels = text.split(".")
    if not all(part.isascii() and part.replace("-", "").isalnum() and len(part) <= 63 for part in labels) or len(text) > 253:
        raise ValueError(f"{text!r} is neither a host's name nor an address: write hub.estate.example or 192.168.1.5")
    return x509.DNSName(text)


def _pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _write(file: Path, data: bytes, mode: int) -> None:
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, mode), "wb") as out:
        out.write(data)
    part.replace(file)
