"""The way to the broker: TCP that waits for nothing; TLS is loaded only where the settings ask for it."""

import asyncio

_TCP, _NODELAY = 6, 1


async def dial(settings):
    """Open a (reader, writer) pair by broker_host, broker_port and, where there is one, the table `tls`."""
    host, port, tls = settings["broker_host"], settings["broker_port"], settings.get("tls")
    if tls:
        from h24.dial_tls import context

        return await asyncio.open_connection(host, port, ssl=context(tls), server_hostname=tls["server_name"])
    reader, writer = await asyncio.open_connection(host, port)
    if hasattr(writer, "s"):
        writer.s.setsockopt(_TCP, _NODELAY, 1)
    return reader, writer
