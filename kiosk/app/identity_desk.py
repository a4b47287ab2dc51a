"""Who stands at the kiosk: by card on the reader, or by the code of an electronic identity."""

import asyncio
import logging
from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hallkit.devices.card_reader import CardReaderError
from hallkit.devices.id_reader_card import Hint, IdCard, Trouble
from hallkit.runtime.clock import Clock
from kiosk.app.hardware import Hardware
from kiosk.core.happening import Happened
from kiosk.core.identity_token import TokenError, holder_of, is_token
from kiosk.core.session import Person, Proof, Reading, Session
from kiosk.core.table import Event

_LOGGER = logging.getLogger(__name__)

READINGS = {Trouble.MOVED: Reading.KEEP_STILL, Trouble.UNREADABLE: Reading.LIFT, Trouble.UNKNOWN_KIND: Reading.LIFT}


class IdentityDesk:
    """Reads cards and codes while a citizen is asked for them; `handle` hears what came."""

    def __init__(
        self, hardware: Hardware, clock: Clock, authority: str, handle: Callable[[Happened], None],
        session: Callable[[], Session],
    ) -> None:  # fmt: skip
        self._hardware, self._clock, self._handle, self._session = hardware, clock, handle, session
        self._authority = Ed25519PublicKey.from_public_bytes(bytes.fromhex(authority)) if authority else None
        self._task: asyncio.Task[None] | None = None
        hardware.told.on_hint = self._hinted
        hardware.told.on_scan = self._scanned

    def start(self) -> None:
        """Search for a card until `stop`."""
        self.stop()
        self._task = asyncio.get_running_loop().create_task(self._read(), name="kiosk card")

    def watch(self) -> None:
        """Tell when the card read last is taken off."""
        self.stop()
        self._task = asyncio.get_running_loop().create_task(self._lifted(), name="kiosk card left")

    def stop(self) -> None:
        """Search no more."""
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()
        self._task = None

    async def _read(self) -> None:
        if self._hardware.reader is None:
            return
        try:
            card = await self._hardware.reader.read()
        except CardReaderError as error:
            _LOGGER.warning("%s", error)
            self._handle(Happened(Event.CARD_FAULT, brings=Reading.UNUSABLE))
            return
        self._handle(Happened(Event.CARD, brings=person_of(card)))
        if self._session().person is None:
            await self._lifted()
            self.start()

    async def _lifted(self) -> None:
        reader = self._hardware.reader
        if reader is None or not self._session().card_left:
            return
        try:
            await reader.lifted()
        except CardReaderError as error:
            _LOGGER.warning("%s", error)
        self._handle(Happened(Event.CARD_GONE))

    def _hinted(self, hint: Hint) -> None:
        self._handle(Happened(Event.CARD_FAULT, brings=READINGS[hint.trouble]))

    def _scanned(self, text: str) -> None:
        if not text or not is_token(text):
            self._handle(Happened(Event.SCAN, text, None if text else Reading.BAD_CODE))
            return
        try:
            person = holder_of(text, self._clock.now(), self._is_signed)
        except TokenError as error:
            _LOGGER.info("%s", error)
            self._handle(Happened(Event.SCAN, brings=Reading.BAD_CODE))
            return
        self._handle(Happened(Event.SCAN, brings=person))

    def _is_signed(self, claim: bytes, signature: bytes) -> bool:
        if self._authority is None:
            return False
        try:
            self._authority.verify(signature, claim)
        except InvalidSignature:
            return False
        return True


def person_of(card: IdCard) -> Person:
    """Return what a session may know of a card."""
    text = card.text
    address = card.newest_address or text.address
    return Person(
        name=text.name.reveal(), identity=text.number.reveal(), address=address.reveal(), proof=Proof.CARD,
        valid_until=text.valid_to,
    )  # fmt: skip
