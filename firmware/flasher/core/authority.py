"""The hall's own certificate authority: EC P-256 keys, X.509 certificates for devices, a list of those revoked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from firmware.flasher.errors import AuthorityError

AUTHORITY_YEARS, DEVICE_DAYS, LIST_DAYS = 20, 825, 30
EARLIER = timedelta(hours=1)
"""How far clocks of hall and board may differ."""
SERIAL_BITS = 159


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate and the key that signs."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    def pem(self) -> bytes:
        """Return the certificate as PEM."""
        return self.certificate.public_bytes(Encoding.PEM)

    def der(self) -> bytes:
        """Return the certificate as DER, as boards take it."""
        return self.certificate.public_bytes(Encoding.DER)

    def key_pem(self) -> bytes:
        """Return the key as PEM; keep it where only its owner can read."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a board proves itself with: DER key and certificate, the certificate's serial number and last day."""

    certificate: bytes
    serial: str
    expires: datetime
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Revoked:
    """A certificate that counts no more since `at`."""

    serial: str
    at: datetime


def new_authority(hall: str, now: datetime, serial: int) -> Authority:
    """Return a fresh authority of a hall."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(hall, f"hall24 {hall} authority")
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    certificate = (
        _builder(name, name, key, now, timedelta(days=365 * AUTHORITY_YEARS), serial)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate, key)


def read_authority(certificate: bytes, key: bytes) -> Authority:
    """Return the authority in two PEM texts; raise AuthorityError if they are not a pair of EC keys."""
    try:
        found, secret = x509.load_pem_x509_certificate(certificate), load_pem_private_key(key, None)
    except (ValueError, TypeError) as error:
        raise AuthorityError(f"the hall's authority cannot be read: {error}; restore it from its backup") from error
    if not isinstance(secret, ec.EllipticCurvePrivateKey) or found.public_key() != secret.public_key():
        raise AuthorityError("the hall's authority and its key do not belong together; restore both from one backup")
    return Authority(found, secret)


def issue(
    authority: Authority, hall: str, device: str, now: datetime, serial: int, *, is_server: bool = False
) -> Credentials:
    """Return fresh credentials of a device, whose user name is the certificate's common name.

    A server, the hall's broker, is named by the host name or address its clients connect to.
    """
    purpose = ExtendedKeyUsageOID.SERVER_AUTH if is_server else ExtendedKeyUsageOID.CLIENT_AUTH
    key = ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
    certificate = (
        _builder(_name(hall, device), authority.certificate.subject, key, now, timedelta(days=DEVICE_DAYS), serial)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_host(device)]), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    data = certificate.public_bytes(Encoding.DER)
    return Credentials(data, f"{serial:x}", certificate.not_valid_after_utc, secret)


def revocation_list(authority: Authority, revoked: Sequence[Revoked], now: datetime, number: int) -> bytes:
    """Return the PEM list of revoked certificates that a broker reads."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(now - EARLIER)
        .next_update(now + timedelta(days=LIST_DAYS))
        .add_extension(x509.CRLNumber(number), critical=False)
    )
    for one in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(int(one.serial, 16)).revocation_date(one.at)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(authority.key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _name(hall: str, name: str) -> x509.Name:
    unit = x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, hall)
    return x509.Name([unit, x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, life: timedelta, serial: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(now - EARLIER)
        .not_valid_after(now + life)
    )
