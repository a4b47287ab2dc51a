"""The service over HTTP: hawkBit's DDI for clients that poll, plain files for boards that were told an address."""

from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from firmware.updates.app.service import Action, UpdateService
from firmware.updates.core.manifest import MANIFEST, SIGNATURE, digest
from firmware.updates.drivers.tokens import Tokens
from firmware.updates.errors import FeedbackError, ReleaseError, RolloutError, UpdatesError
from firmware.updates.wire import byte_range, ddi
from firmware.updates.wire.ddi import Artifact, Chunk, Execution, Feedback, Finished

SLEEP, SLEEP_AT_WORK = 300, 10
"""Seconds between polls: usually, and while something is to be done."""
HAL = "application/hal+json"
_SCHEME = "TargetToken "


class RefusedError(UpdatesError):
    """The answer is an HTTP status and nothing else."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Pages:
    """`tenant` is the hall's name, `address` the service's own as devices reach it; empty: as they wrote it."""

    def __init__(self, service: UpdateService, tokens: Tokens, tenant: str, address: str = "") -> None:
        self._service, self._tokens, self._tenant, self._address = service, tokens, tenant, address

    def app(self) -> FastAPI:
        """Return the pages."""
        made = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
        device = "/{tenant}/controller/v1/{name}"
        made.add_api_route(device, self.poll, methods=["GET"])
        made.add_api_route(f"{device}/configData", self.config_data, methods=["PUT"])
        made.add_api_route(f"{device}/deploymentBase/{{action}}", self.deployment, methods=["GET"])
        made.add_api_route(f"{device}/deploymentBase/{{action}}/feedback", self.feedback, methods=["POST"])
        made.add_api_route(f"{device}/cancelAction/{{action}}", self.cancel, methods=["GET"])
        made.add_api_route(f"{device}/cancelAction/{{action}}/feedback", self.cancelled, methods=["POST"])
        made.add_api_route(f"{device}/softwaremodules/{{action}}/artifacts/{{file:path}}", self.artifact,
                           methods=["GET", "HEAD"])  # fmt: skip
        made.add_api_route("/{tenant}/fetch/{word}/{file:path}", self.fetch, methods=["GET", "HEAD"])
        made.add_exception_handler(RefusedError, _refuse)
        return made

    async def poll(self, request: Request, tenant: str, name: str) -> Response:
        """Answer a poll."""
        self._let_in(request, tenant, name)
        self._service.polled(name)
        root, links = self._root(request, name), {}
        if name not in self._service.attributes:
            links["configData"] = f"{root}/configData"
        action = self._service.action(name)
        if action is not None:
            what = "cancelAction" if self._service.is_cancelled(action) else "deploymentBase"
            links[what] = f"{root}/{what}/{action.number}"
        return _hal(ddi.base(SLEEP if action is None else SLEEP_AT_WORK, links))

    async def config_data(self, request: Request, tenant: str, name: str) -> Response:
        """Take what a device says of itself."""
        self._let_in(request, tenant, name)
        said = _read(ddi.config_data, await request.body())
        known = self._service.attributes.get(name, {}) if said.mode != "replace" else {}
        gone = said.data if said.mode == "remove" else {}
        fresh = {} if said.mode == "remove" else dict(said.data)
        self._service.attributes[name] = {key: one for key, one in {**known, **fresh}.items() if key not in gone}
        return Response()

    async def deployment(self, request: Request, tenant: str, name: str, action: int) -> Response:
        """Tell a device what to fetch."""
        self._let_in(request, tenant, name)
        found = self._open(name, action)
        plan = found.rollout.plan
        root = f"{self._root(request, name)}/softwaremodules/{action}/artifacts"
        chunk = Chunk("os", plan.version, plan.kind, _artifacts(found, root))
        return _hal(ddi.deployment(action, (chunk,)))

    async def feedback(self, request: Request, tenant: str, name: str, action: int) -> Response:
        """Take a device's word on its update."""
        self._let_in(request, tenant, name)
        said = _read(ddi.feedback, await request.body())
        self._heard(self._open(name, action), said)
        return Response()

    async def cancel(self, request: Request, tenant: str, name: str, action: int) -> Response:
        """Tell a device to leave its update."""
        self._let_in(request, tenant, name)
        found = self._open(name, action)
        if not self._service.is_cancelled(found):
            raise RefusedError(404, "nothing is to be cancelled")
        return _hal(ddi.cancel(action))

    async def cancelled(self, request: Request, tenant: str, name: str, action: int) -> Response:
        """Take a device's word on leaving its update: rejected, the update goes on."""
        self._let_in(request, tenant, name)
        said = _read(ddi.feedback, await request.body())
        found = self._open(name, action)
        is_left = said.status.execution is Execution.CANCELED or (
            said.status.execution is Execution.CLOSED and said.status.result.finished is Finished.SUCCESS
        )
        if is_left:
            self._service.ended(found, "cancelled")
        return Response()

    async def artifact(self, request: Request, tenant: str, name: str, action: int, file: str) -> Response:
        """Send a file to a client with its token."""
        self._let_in(request, tenant, name)
        return _file(request, self._open(name, action), file)

    async def fetch(self, request: Request, tenant: str, word: str, file: str) -> Response:
        """Send a file to a board that was told an address of its own; asking is beginning."""
        found = self._service.fetched_by(word)
        if tenant != self._tenant or found is None:
            raise RefusedError(404, "no such download")
        self._service.taken(found)
        return _file(request, found, file)

    def _heard(self, action: Action, said: Feedback) -> None:
        status = said.status
        self._service.taken(action)
        if status.execution is Execution.REJECTED:
            self._service.ended(action, _words(said, "rejected"))
        elif status.execution is Execution.CANCELED:
            self._service.ended(action, "cancelled")
        elif status.execution is Execution.CLOSED:
            is_well = status.result.finished is not Finished.FAILURE
            self._service.ended(action, "" if is_well else _words(said, "failed"))

    def _let_in(self, request: Request, tenant: str, name: str) -> None:
        said = request.headers.get("authorization", "")
        if not said.startswith(_SCHEME) or not self._tokens.holds(name, said[len(_SCHEME) :]):
            raise RefusedError(401, "the token is not this device's")
        if tenant != self._tenant:
            raise RefusedError(404, "no such hall")

    def _open(self, name: str, action: int) -> Action:
        try:
            found = self._service.action_of(name, action)
        except RolloutError as error:
            raise RefusedError(404, str(error)) from error
        if found is None:
            raise RefusedError(410, "this action is over")
        return found

    def _root(self, request: Request, name: str) -> str:
        address = self._address or f"{request.url.scheme}://{request.url.netloc}"
        return f"{address}/{self._tenant}/controller/v1/{quote(name)}"


def _artifacts(action: Action, root: str) -> tuple[Artifact, ...]:
    """Return the manifest, its signature and every file of a release."""
    found = [(one.name, one.sha256, one.size) for one in action.release.manifest.files]
    for name in (MANIFEST, SIGNATURE):
        data = (action.release.folder / name).read_bytes()
        found.append((name, digest(data), len(data)))
    return tuple(Artifact(name, sha256, size, f"{root}/{quote(name)}") for name, sha256, size in found)


def _file(request: Request, action: Action, name: str) -> Response:
    try:
        is_head = name in (MANIFEST, SIGNATURE)
        data = (action.release.folder / name).read_bytes() if is_head else action.release.read(name)
        tag = f'"{digest(data)}"'
        header = request.headers.get("range", "")
        if request.headers.get("if-range", tag) != tag:
            header = ""
        part = byte_range.wanted(header, len(data)) if header else None
    except ReleaseError as error:
        raise RefusedError(404, str(error)) from error
    except FeedbackError:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{len(data)}"})
    headers = {"ETag": tag, "Accept-Ranges": "bytes", "Cache-Control": "no-store"}
    if part is None:
        return Response(data, media_type="application/octet-stream", headers=headers)
    headers["Content-Range"] = f"bytes {part[0]}-{part[1]}/{len(data)}"
    return Response(data[part[0] : part[1] + 1], 206, headers, "application/octet-stream")


def _words(said: Feedback, otherwise: str) -> str:
    return "; ".join(said.status.details) or otherwise


def _read(decode: Any, data: bytes) -> Any:
    try:
        return decode(data)
    except FeedbackError as error:
        raise RefusedError(400, str(error)) from error


def _hal(found: dict[str, Any]) -> Response:
    return JSONResponse(found, media_type=HAL)


async def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    body = {"exceptionClass": type(error).__name__, "errorCode": f"hall24.{error.status}", "message": str(error)}
    return JSONResponse(body, error.status)
