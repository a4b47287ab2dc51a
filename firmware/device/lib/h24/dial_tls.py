"""TLS with the hall's authority and this board's certificate, over a socket that waits for nothing."""

_TCP, _NODELAY = 6, 1


class Undelayed:
    """MicroPython's context for a socket that sends at once: with Nagle's delay one exchange takes 40 ms."""

    def __init__(self, context):
        self._context = context

    def wrap_socket(self, socket, **options):
        """Return the socket under TLS."""
        socket.setsockopt(_TCP, _NODELAY, 1)
        return self._context.wrap_socket(socket, **options)


def context(tls):
    """Return a TLS context; files are PEM on CPython, whose sockets send at once, and DER on boards."""
    try:
        import ssl as security
    except ImportError:
        import tls as security
    context = security.SSLContext(security.PROTOCOL_TLS_CLIENT)
    context.verify_mode = security.CERT_REQUIRED
    if hasattr(context, "load_default_certs"):
        context.load_verify_locations(tls["authority"])
        context.load_cert_chain(tls["certificate"], tls["key"])
        return context
    context.load_verify_locations(_read(tls["authority"]))
    context.load_cert_chain(_read(tls["certificate"]), _read(tls["key"]))
    return Undelayed(context)


def _read(path):
    with open(path, "rb") as file:
        return file.read()
