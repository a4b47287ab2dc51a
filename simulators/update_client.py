"""A device that updates itself over hawkBit's DDI (Eclipse hawkBit, "DDI API"): polls, fetches, tries, reports.

Its folder is its flash: `a` and `b` hold releases, `state.json` says which runs. A cut at any moment leaves one of them
whole; what was fetched before the cut is not fetched again.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from firmware.updates.wire.ddi import Execution, Finished

DOMAIN = b"hall24 release 1\n"
MANIFEST, SIGNATURE, STATE = "manifest.json", "manifest.sig", "state.json"
PATIENCE = 30.0
PIECE = 4_096


class ReleaseRefusedError(Exception):
    """The device does not install what it was given."""


@dataclass(slots=True)
class HttpAnswer:
    """Status, headers in lower case, body."""

    status: int
    headers: dict[str, str]
    body: bytes


Gate = Callable[[str], Awaitable[bool]]
"""Given a version that started on trial, says whether it proved itself."""


@dataclass(slots=True)
class UpdateClient:
    """One device; `gate` judges a release on trial, `cut` is called with every piece received and may raise."""

    folder: Path
    base: str
    token: str
    key: bytes
    kind: str
    chip: str
    gate: Gate
    cut: Callable[[int], None] = lambda received: None
    received: int = 0
    requests: list[str] = field(default_factory=list)

    @property
    def version(self) -> str:
        """The version that runs."""
        state = self._state()
        return str(state["versions"][state["active"]])

    async def poll(self) -> str:
        """Ask once and do what is to be done; return "idle", "kept", "returned", "refused" or "cancelled"."""
        if self._state()["trial"]:
            return await self._judge(None)
        links = (await self._json("GET", self.base))["_links"]
        if "configData" in links:
            said = json.dumps({"mode": "merge", "data": {"kind": self.kind, "version": self.version}})
            await self._ask("PUT", links["configData"]["href"], said.encode())
        if "cancelAction" in links:
            order = await self._json("GET", links["cancelAction"]["href"])
            await self._report(links["cancelAction"]["href"], Execution.CLOSED, Finished.SUCCESS, order["id"])
            return "cancelled"
        if "deploymentBase" not in links:
            return "idle"
        return await self._update(links["deploymentBase"]["href"])

    async def _update(self, href: str) -> str:
        order = await self._json("GET", href)
        await self._report(href, Execution.PROCEEDING, Finished.NONE, order["id"])
        (chunk,) = order["deployment"]["chunks"]
        artifacts = {one["filename"]: one for one in chunk["artifacts"]}
        try:
            for name in (MANIFEST, SIGNATURE):
                await self._fetch(artifacts[name])
            self._check(artifacts, chunk["version"])
            for name in sorted(artifacts):
                await self._fetch(artifacts[name])
        except ReleaseRefusedError as error:
            await self._report(href, Execution.CLOSED, Finished.FAILURE, order["id"], str(error))
            return "refused"
        state = self._state()
        spare = 1 - state["active"]
        state["versions"][spare] = chunk["version"]
        self._save({**state, "active": spare, "trial": {"href": href, "id": order["id"]}})
        return await self._judge(href)

    async def _judge(self, _: str | None) -> str:
        """Let a release on trial prove itself; go back by itself if it does not, and tell either."""
        state = self._state()
        trial, version = state["trial"], state["versions"][state["active"]]
        is_well = await self.gate(version)
        active = state["active"] if is_well else 1 - state["active"]
        self._save({**state, "active": active, "trial": None})
        finished = Finished.SUCCESS if is_well else Finished.FAILURE
        words = () if is_well else (f"{version} did not prove itself, back to {self.version}",)
        await self._report(trial["href"], Execution.CLOSED, finished, trial["id"], *words)
        return "kept" if is_well else "returned"

    def _check(self, artifacts: dict[str, Any], version: str) -> None:
        """Refuse what is not signed, not for this device, or not what the manifest names."""
        data = (self._spare / MANIFEST).read_bytes()
        try:
            signature = (self._spare / SIGNATURE).read_bytes()
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, DOMAIN + data)
        except InvalidSignature as error:
            raise ReleaseRefusedError("nobody this device trusts signed the release") from error
        found = json.loads(data)
        if (found["kind"], found["chip"], found["version"]) != (self.kind, self.chip, version):
            raise ReleaseRefusedError("a release for another device")
        named = {one["name"]: one["sha256"] for one in found["files"]}
        offered = {name: one["hashes"]["sha256"] for name, one in artifacts.items()}
        if named != {name: digest for name, digest in offered.items() if name not in (MANIFEST, SIGNATURE)}:
            raise ReleaseRefusedError("other files than the manifest names")

    async def _fetch(self, artifact: dict[str, Any]) -> None:
        """Bring one file into the spare slot, going on where a cut left off."""
        path = self._spare / str(artifact["filename"])
        path.parent.mkdir(parents=True, exist_ok=True)
        wanted, href = artifact["hashes"]["sha256"], artifact["_links"]["download-http"]["href"]
        have = path.stat().st_size if path.exists() else 0
        if 0 < have < artifact["size"]:
            await self._download(href, path, have)
        if not path.exists() or _digest(path) != wanted:
            await self._download(href, path, 0)
        if _digest(path) != wanted:
            path.unlink()
            raise ReleaseRefusedError(f"{artifact['filename']} is damaged")

    async def _download(self, href: str, path: Path, have: int) -> None:
        extra = {"Range": f"bytes={have}-"} if have else {}
        async with asyncio.timeout(PATIENCE):
            answer = await self._ask("GET", href, extra=extra)
        if answer.status not in (200, 206):
            raise ReleaseRefusedError(f"the service answers {answer.status}")
        with path.open("ab" if answer.status == 206 else "wb") as file:
            for at in range(0, len(answer.body), PIECE):
                file.write(answer.body[at : at + PIECE])
                file.flush()
                self.received += len(answer.body[at : at + PIECE])
                self.cut(self.received)

    async def _report(self, href: str, execution: Execution, finished: Finished, action: str, *details: str) -> None:
        said = {"id": action, "status": {"execution": execution, "result": {"finished": finished}, "details": details}}
        place = urlsplit(href)
        await self._ask("POST", f"{place.scheme}://{place.netloc}{place.path}/feedback", json.dumps(said).encode())

    async def _json(self, method: str, url: str) -> Any:
        answer = await self._ask(method, url)
        if answer.status != 200:
            raise ReleaseRefusedError(f"{method} {url}: {answer.status}")
        return json.loads(answer.body)

    async def _ask(self, method: str, url: str, body: bytes = b"", extra: dict[str, str] | None = None) -> HttpAnswer:
        self.requests.append(f"{method} {urlsplit(url).path}")
        return await request(method, url, body, {"Authorization": f"TargetToken {self.token}", **(extra or {})})

    @property
    def _spare(self) -> Path:
        return self.folder / "ab"[1 - self._state()["active"]]

    def _state(self) -> dict[str, Any]:
        path = self.folder / STATE
        if not path.exists():
            return {"active": 0, "versions": ["0.1.0", ""], "trial": None}
        found: dict[str, Any] = json.loads(path.read_bytes())
        return found

    def _save(self, state: dict[str, Any]) -> None:
        fresh = self.folder / f"{STATE}.new"
        fresh.write_text(json.dumps(state))
        fresh.replace(self.folder / STATE)


async def request(method: str, url: str, body: bytes, headers: dict[str, str]) -> HttpAnswer:
    """Send one HTTP/1.1 request on a connection of its own; return the whole answer."""
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port or 80)
    head = {"Host": place.netloc, "Connection": "close", "Content-Length": str(len(body)), **headers}
    path = place.path + (f"?{place.query}" if place.query else "")
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    writer.write(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
    await writer.drain()
    try:
        status = int((await reader.readline()).split()[1])
        found: dict[str, str] = {}
        while (line := await reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            found[name.strip().lower()] = value.strip()
        return HttpAnswer(status, found, await reader.readexactly(int(found.get("content-length", "0"))))
    finally:
        writer.close()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
