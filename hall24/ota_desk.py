"""The update service's desk on the hall's broker: sees who is served and who is there, tells boards of releases."""

from datetime import timedelta

import msgspec

from contract import codec
from contract.board import WindowState, ZoneBoard
from contract.body import Result
from contract.errors import RemoteContractError
from contract.link import CommandDone, CommandRefused, DeviceState, Presence
from contract.release import InstallRelease
from contract.topics import Address, Channel
from firmware.updates.app.service import Action, UpdateService
from firmware.updates.core.rollout import Rollout, Stage
from firmware.updates.core.rollout_events import AnyEvent, Offered
from hallkit.inventory.grants import UPDATED, boards
from hallkit.inventory.schema import Hall
from hallkit.inventory.start import Start
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.postmark import open_message

UPDATE_DESK = "update-desk"
BUSY = "busy"
"""A board's answer while it works on a release already: the answer to the first order was lost."""
COMMAND_PATIENCE = timedelta(seconds=60)
AT_WORK = (WindowState.CALLING, WindowState.SERVING)


class _Told(msgspec.Struct, frozen=True):
    """What a board tells of its update beside its state."""

    update: str = ""


class _Body(msgspec.Struct, frozen=True):
    board: _Told = msgspec.field(default_factory=_Told)


class UpdateDesk:
    """Turns what the hall shows into the service's sight and its offers into commands; `address` is where files are."""

    def __init__(self, share: Start, service: UpdateService, address: str, desk: str) -> None:
        self._hall, self._service, self._root, self._clock = share.hall, service, address, share.clock
        self._boards: dict[str, ZoneBoard] = {}
        self._boots: dict[str, str] = {}
        self._sent: dict[str, Action] = {}
        hear = dict.fromkeys(boards(share.hall), self._on_board)
        for one in addresses(share.hall):
            hear |= {one.topic(Channel.STATE): self._on_state, one.topic(Channel.RESULT): self._on_result}
        password = share.password(desk)
        self.device = Device(
            share.hall.address(desk), password, links=share.links, clock=share.clock, chance=share.chance, hear=hear
        )
        self.device.on_link = self._on_link
        service.on_event.append(self._on_event)

    async def run(self) -> None:
        """Look and tell until cancelled."""
        await self.device.run()

    def _on_event(self, rollout: Rollout, event: AnyEvent) -> None:
        if not isinstance(event, Offered) or event.target not in self._hall.device:
            return
        action = self._service.action(event.target)
        if action is not None:
            self._tell(action)

    def _on_link(self, is_up: bool) -> None:
        """Tell again what may have been lost with the connection; a board that has begun refuses a second order."""
        if is_up:
            for rollout in self._service.rollouts:
                for place in rollout.of(Stage.OFFERED):
                    self._tell_again(place.target.name)

    def _tell_again(self, name: str) -> None:
        action = self._service.action(name)
        if action is not None and action.place.stage is Stage.OFFERED and name in self._hall.device:
            self._tell(action)

    def _tell(self, action: Action) -> None:
        name = action.place.target.name
        word = self._service.capability(name, action.number)
        url = f"{self._root}/{self._hall.hall.name}/fetch/{word}"
        deadline = self._clock.now() + COMMAND_PATIENCE
        message = self.device.postmark.stamp(InstallRelease(url=url), deadline=deadline)
        self._sent[codec.decode(message).id] = action
        self.device.link.publish(self._hall.address(name).topic(Channel.COMMAND), message, qos=1)

    def _on_board(self, message: LinkMessage) -> None:
        board = codec.body_of(codec.decode(message.payload), ZoneBoard)
        self._boards[board.zone] = board
        windows = [one for known in self._boards.values() for one in known.windows]
        serving = frozenset(one.window for one in windows if one.state in AT_WORK)
        if serving != self._service.windows and len(self._boards) == len(self._hall.zones):
            self._service.windows = serving
            self._service.wake()

    def _on_result(self, message: LinkMessage) -> None:
        envelope = open_message(message).envelope
        action = self._sent.pop(envelope.corr or "", None)
        if action is None or action.place.stage is not Stage.OFFERED:
            return
        result = codec.body_of(envelope, Result)
        if isinstance(result, CommandDone) or (isinstance(result, CommandRefused) and result.code == BUSY):
            self._service.taken(action)
        elif isinstance(result, CommandRefused):
            self._service.ended(action, f"refused: {result.code}")

    def _on_state(self, message: LinkMessage) -> None:
        address, _, envelope = open_message(message)
        state, name = codec.body_of(envelope, DeviceState), address.name
        there = self._service.there
        is_there = state.presence is Presence.ONLINE
        self._service.there = there | {name} if is_there else there - {name}
        if is_there:
            self._judge(name, state, _update(envelope.body))
            if self._boots.get(name, state.boot) != state.boot:
                self._tell_again(name)
            self._boots[name] = state.boot
        if self._service.there != there:
            self._service.wake()

    def _judge(self, name: str, state: DeviceState, update: str) -> None:
        """Read from a board's state how its update ended.

        A release is kept once its first fact was acknowledged: the board is online with it and nothing waits.
        """
        action = self._service.action(name)
        if action is None or action.place.stage is not Stage.TAKEN:
            return
        version = action.rollout.plan.version
        if state.version == version:
            if not state.outbox:
                self._service.ended(action)
        elif self._boots.get(name, state.boot) != state.boot:
            self._service.ended(action, f"started again with {state.version or 'its old release'}")
        elif update and not update.startswith("installed"):
            self._service.ended(action, update)


def addresses(hall: Hall) -> tuple[Address, ...]:
    """Return the boards that can be told of releases: those with a connection of their own."""
    return tuple(hall.address(one.name) for one in hall.devices if one.kind in UPDATED and one.gateway is None)


def _update(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=_Body).board.update
    except msgspec.DecodeError as error:
        raise RemoteContractError("body", f"board: {error}") from error
