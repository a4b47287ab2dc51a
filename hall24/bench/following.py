"""The public page of a case: its size, the server's time for it, and how soon an open page shows a change."""

import asyncio
from time import perf_counter

from contract.case_requests import CaseReply
from hall24.bench.case_rig import CaseRig, case_rig
from hall24.bench.errors import BenchError
from hall24.bench.figure import Bar, Figure, figure, quantile
from hallkit.transports.ports import free_port
from hallkit.web.server import serve
from intake_server.core.cases import clerk
from intake_server.core.cases.case import Case
from intake_server.core.cases.office import Decided, Occasion, Office
from intake_server.web.pages import build

HOST = "127.0.0.1"
PAGES, CHANGES, WARM_UP = 300, 20, 20
STATIC = ("phone.css", "case.css", "case.js", "mark.svg")
PATIENCE = 30.0


def figures() -> tuple[Figure, ...]:
    """Measure one case's page on a socket of this machine, beside a file of the same server."""
    size, pages, files, changes = asyncio.run(_measure())
    plain = ("a file of the same server, p50", quantile(files, 0.5))
    worst = ("a file of the same server, p99", quantile(files, 0.99))
    note = f"{PAGES} pages over HTTP, a connection each; {CHANGES} changes of a case with its page open"
    return (
        figure("progress page with everything it loads", size / 1e3, "kB", ("uncompressed, most", 30), Bar(most=30)),
        figure("progress page, request → last byte, p50", quantile(pages, 0.5), "ms", plain, Bar(most=50), note),
        figure("progress page, request → last byte, p99", quantile(pages, 0.99), "ms", worst, Bar(most=50), note),
        figure("decision → on the open page, p99", quantile(changes, 0.99), "ms", plain, Bar(most=2_000), note),
    )


async def _measure() -> tuple[int, list[float], list[float], list[float]]:
    async with case_rig(1) as rig:
        made = [await _case(rig, number) for number in range(CHANGES + 1)]
        port = free_port()
        serving = asyncio.ensure_future(serve(build(rig.app.site()), HOST, port))
        try:
            path = f"/p/{made[0].notice.link}"
            await _until_served(port, path)
            size = len(await _get(port, path))
            for name in STATIC:
                size += len(await _get(port, f"/static/{name}"))
            pages, files = [], []
            for number in range(PAGES + WARM_UP):
                took = await _took(port, path), await _took(port, "/static/mark.svg")
                if number >= WARM_UP:
                    pages.append(took[0])
                    files.append(took[1])
            return size, pages, files, [await _change(rig, port, one) for one in made[1:]]
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


async def _case(rig: CaseRig, person: int) -> CaseReply:
    reply = await rig.submit(rig.kiosks[0], person)
    if not isinstance(reply, CaseReply):
        raise BenchError(f"an application was refused: {reply}")
    return reply


async def _change(rig: CaseRig, port: int, made: CaseReply) -> float:
    """Return the milliseconds from a reviewer's press until the open page's stream has said so."""

    def review(office: Office, case: Case, at: Occasion) -> Decided:
        return clerk.review(office, case, "2006", "shop-sign", at)

    assert rig.app.cases is not None
    reader, writer = await _open(port, f"/p/{made.notice.link}/live")
    async with asyncio.timeout(PATIENCE):
        await reader.readuntil(b"\n\n\r\n")
        began = perf_counter()
        await rig.app.cases.act(made.case, review)
        while "正在审查" not in (await reader.readuntil(b"\n\n\r\n")).decode():
            continue
    took = 1e3 * (perf_counter() - began)
    writer.close()
    return took


async def _until_served(port: int, path: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await _check(port, path)
            except OSError:
                await asyncio.sleep(0.05)


async def _check(port: int, path: str) -> None:
    if not (await _get(port, path)).startswith(b"HTTP/1.1 200"):
        raise BenchError("the page does not answer")


async def _took(port: int, path: str) -> float:
    began = perf_counter()
    await _get(port, path)
    return 1e3 * (perf_counter() - began)


async def _get(port: int, path: str) -> bytes:
    reader, writer = await _open(port, path)
    answer = await reader.read(-1)
    writer.close()
    return answer


async def _open(port: int, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n".encode())
    return reader, writer
