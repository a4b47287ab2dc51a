"""Why a link to the broker did not come about, in sentences that say what to do."""

import ssl

_NOT_YET, _EXPIRED, _OTHER_HOST, _OTHER_ADDRESS = 9, 10, 62, 64
"""Verification results of OpenSSL (x509_vfy.h)."""


def why_unreached(place: str, error: Exception, has_tls: bool) -> str:
    """Return why the broker at `place` (host:port) could not be greeted."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the broker at {place} {_untrusted(error)} ({error.verify_message})"
    if has_tls and _is_no_tls(error):
        return f"the broker at {place} does not answer our TLS: take its TLS port, or leave broker.tls_ca out"
    if isinstance(error, ssl.SSLError):
        return f"the broker at {place} and we cannot agree on TLS: {error.reason or error}"
    return f"cannot reach the broker at {place}: {str(error) or 'no answer'}"


def _is_no_tls(error: Exception) -> bool:
    """Whether the far end took our TLS for nonsense: it hung up, or answered in clear."""
    if isinstance(error, ConnectionResetError | ssl.SSLEOFError):
        return True
    return isinstance(error, ssl.SSLError) and error.reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE")


def hung_up(has_tls: bool) -> str:
    """Return why a broker may end a connection before it answers our greeting."""
    if has_tls:
        return (
            "the broker hung up before it answered: it wants a client certificate of its own authority "
            "(broker.tls_clients)"
        )
    return "the broker hung up before it answered: if its port is for TLS, set broker.tls_ca"


def _untrusted(error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code in (_NOT_YET, _EXPIRED):
        return "shows a certificate that is not valid today: check this machine's clock, then the certificate"
    if error.verify_code in (_OTHER_HOST, _OTHER_ADDRESS):
        return "shows a certificate for another name: broker.host must be a name or address in it"
    return "shows a certificate our authority did not sign: give broker.tls_ca the hall's own"
