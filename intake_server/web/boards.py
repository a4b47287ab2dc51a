"""The inventory of small boards, for the technician's tool on this machine only."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException
from fastapi.responses import JSONResponse, Response

from contract.errors import ContractError
from contract.topics import address
from intake_server.core.board import Board
from intake_server.web.site import BoardDesk, Site
from intake_server.web.workbench import here_only

Text = Annotated[str, Form(min_length=1, max_length=64)]


class Sheet:
    """What the tool says about a board."""

    def __init__(
        self,
        device: Text,
        kind: Text,
        board: Text,
        serial: Text,
        issued: Annotated[datetime, Form()],
        expires: Annotated[datetime, Form()],
        version: Annotated[str, Form(max_length=40)] = "",
        window: Annotated[str, Form(pattern=r"^\d{0,2}$")] = "",
    ) -> None:
        self.board = Board(
            device=device, kind=kind, board=board, serial=serial, version=version, issued=issued.isoformat(),
            expires=expires.isoformat(), window=int(window) if window else None,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Boards:
    """Answers the technician's tool."""

    site: Site
    desk: BoardDesk

    async def put(self, sheet: Annotated[Sheet, Depends()]) -> Response:
        """Keep a board; 422 for a name no device of a hall can have."""
        try:
            address(self.site.hall.name, sheet.board.kind, sheet.board.device)
        except ContractError as error:
            raise HTTPException(422) from error
        await self.desk.put_board(sheet.board)
        return Response(status_code=204)

    async def all(self) -> Response:
        """Answer every board as JSON."""
        return JSONResponse([asdict(one) for one in await self.desk.boards()])


def router(site: Site, desk: BoardDesk) -> APIRouter:
    """Return the inventory's routes, open to this machine only."""
    boards, found = Boards(site, desk), APIRouter(dependencies=[Depends(here_only)])
    found.add_api_route("/boards", boards.all, methods=["GET"], response_class=Response)
    found.add_api_route("/boards", boards.put, methods=["POST"], response_class=Response)
    return found
