"""The estate's own authority, which `watchkeeper tls init` makes: it signs agents' certificates, and says which ended."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from contract.clock import US_PER_S

CLIENT_DAYS = 800
EARLY = timedelta(days=1)
"""Clocks of phones and agents may be behind."""
LIST_DAYS = 365
"""A broker lets nobody in once its list of ended certificates is over: the hub writes a new one each day."""
RSA_BITS_MIN = 2_048
CSR_CHARS_MAX = 8_192


class BadAuthority(ValueError):
    """The authority in the folder cannot sign. The message says what to do."""


class BadRequest(ValueError):
    """What is to be certified cannot be. The message says why."""


class Authority(NamedTuple):
    """A certificate that signs others, and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        """The certificate, for those who are to trust it."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()


class Issued(NamedTuple):
    """A certificate as PEM, and its serial in hex."""

    pem: str
    serial: str


def load_authority(folder: Path, now: datetime) -> Authority:
    """Raises BadAuthority."""
    try:
        certificate = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
        key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise BadAuthority(f"{folder} has no whole ca.pem and ca.key ({error}): bring both back, or take a new folder") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise BadAuthority(f"{folder / 'ca.key'} is not the key of ca.pem: bring the right one back, or take a new folder")
    if certificate.not_valid_after_utc - now < timedelta(days=30):
        raise BadAuthority(f"{folder / 'ca.pem'} ends on {certificate.not_valid_after_utc:%Y-%m-%d}: take a new folder")
    return Authority(certificate, key)


def read_request(csr_pem: str) -> x509.CertificateSigningRequest:
    """What an agent asks to have certified: a key that it holds. Nothing else of the request counts. Raises BadRequest."""
    if len(csr_pem) > CSR_CHARS_MAX:
        raise BadRequest(f"has more than {CSR_CHARS_MAX} characters")
    try:
        request = x509.load_pem_x509_csr(csr_pem.encode())
        good = request.is_signature_valid
        key = request.public_key()
    except Exception:  # the library has many ways to say so
        raise BadRequest("is no certificate signing request as PEM") from None
    if not good:
        raise BadRequest("is not signed by its own key")
    weak = isinstance(key, rsa.RSAPublicKey) and key.key_size < RSA_BITS_MIN
    if weak or not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey):
        raise BadRequest(
            f"has a key that is too weak or of a kind that brokers do not take: EC P-256, or RSA of {RSA_BITS_MIN} bits"
        )
    return request


def sign_client(authority: Authority, request: x509.CertificateSigningRequest, name: str, now_us: int) -> Issued:
    """A certificate for the request's key, whose common name is `name`, whatever the request says."""
    now = moment(now_us)
    until = min(now + timedelta(days=CLIENT_DAYS), authority.certificate.not_valid_after_utc)
    serial = x509.random_serial_number()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(authority.certificate.subject)
        .public_key(request.public_key())
        .serial_number(serial)
        .not_valid_before(now - EARLY)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return Issued(certificate.public_bytes(serialization.Encoding.PEM).decode(), f"{serial:x}")


def ended_list(authority: Authority, ended: Sequence[tuple[str, int]], now_us: int) -> bytes:
    """The list of ended certificates (CRL) as PEM: serials in hex, each with the time since when."""
    now = moment(now_us)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(now - EARLY)
        .next_update(now + timedelta(days=LIST_DAYS))
        .add_extension(x509.CRLNumber(now_us // US_PER_S), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
    )
    for serial, since_us in ended:
        row = x509.RevokedCertificateBuilder().serial_number(int(serial, 16)).revocation_date(moment(since_us)).build()
        builder = builder.add_revoked_certificate(row)
    return builder.sign(authority.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def moment(us: int) -> datetime:
    """A hub's time as the library takes it."""
    return datetime.fromtimestamp(us // US_PER_S, UTC)
