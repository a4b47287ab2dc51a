"""Messages of the Internet Printing Protocol (RFC 8010 encoding, RFC 8011 operations; version 2.0 of PWG 5100.12)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from struct import Struct

VERSION = 2, 0
_HEAD = Struct(">BBHI")
_SIZE = Struct(">H")
_INTEGER = Struct(">i")
LONGEST_VALUE = 0x7FFF
MOST_VALUES = 20_000


class IppError(ValueError):
    """Bytes that are no IPP message, or a message that cannot be encoded."""


class Operation(IntEnum):
    """What a client asks."""

    PRINT_JOB = 0x0002
    VALIDATE_JOB = 0x0004
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_JOBS = 0x000A
    GET_PRINTER_ATTRIBUTES = 0x000B


class GroupTag(IntEnum):
    """What a group of attributes is about."""

    OPERATION = 0x01
    JOB = 0x02
    END = 0x03
    PRINTER = 0x04
    UNSUPPORTED = 0x05


class Tag(IntEnum):
    """The kind of a value; others are kept as bytes."""

    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    TEXT = 0x41
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    CHARSET = 0x47
    LANGUAGE = 0x48
    MIME = 0x49


TEXTS = (Tag.TEXT, Tag.NAME, Tag.KEYWORD, Tag.URI, Tag.CHARSET, Tag.LANGUAGE, Tag.MIME)
_FIRST_VALUE_TAG = 0x10
Value = int | bool | str | bytes


@dataclass(frozen=True, slots=True)
class Attribute:
    """A name and its values, one tag for all of them."""

    name: str
    tag: int
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Attributes about one thing."""

    tag: int
    attributes: tuple[Attribute, ...] = ()

    def values(self, name: str) -> tuple[Value, ...]:
        """Return the values of one attribute; none if it is not there."""
        return next((one.values for one in self.attributes if one.name == name), ())

    def number(self, name: str) -> int | None:
        """Return one attribute's number."""
        return next((value for value in self.values(name) if isinstance(value, int)), None)

    def words(self, name: str) -> tuple[str, ...]:
        """Return one attribute's texts."""
        return tuple(value for value in self.values(name) if isinstance(value, str))


@dataclass(frozen=True, slots=True)
class Message:
    """`code` is the operation asked, or the status answered; `data` the document."""

    code: int
    request_id: int
    groups: tuple[Group, ...] = ()
    data: bytes = field(default=b"", repr=False)
    version: tuple[int, int] = VERSION

    @property
    def is_good(self) -> bool:
        """Say whether an answer's status is one of success."""
        return self.code < 0x0100

    def group(self, tag: GroupTag) -> Group:
        """Return the first group of a kind, an empty one if there is none."""
        return next((group for group in self.groups if group.tag == tag), Group(tag))


def request(
    operation: Operation, request_id: int, uri: str, more: Sequence[Attribute] = (), data: bytes = b""
) -> Message:
    """Return a request to the printer at `uri` with the attributes every request begins with."""
    first = (
        Attribute("attributes-charset", Tag.CHARSET, ("utf-8",)),
        Attribute("attributes-natural-language", Tag.LANGUAGE, ("zh-cn",)),
        Attribute("printer-uri", Tag.URI, (uri,)),
    )
    return Message(operation, request_id, (Group(GroupTag.OPERATION, (*first, *more)),), data)


def encode(message: Message) -> bytes:
    """Return the bytes of a message; IppError if a value is too long."""
    out = bytearray(_HEAD.pack(*message.version, message.code, message.request_id))
    for group in message.groups:
        out.append(group.tag)
        for attribute in group.attributes:
            out += b"".join(_encode(attribute))
    out.append(GroupTag.END)
    return bytes(out) + message.data


def _encode(attribute: Attribute) -> Iterable[bytes]:
    name = attribute.name.encode()
    for value in attribute.values:
        data = _packed(value)
        if max(len(data), len(name)) > LONGEST_VALUE:
            raise IppError(f"a value of {attribute.name} is too long")
        yield bytes((attribute.tag,)) + _SIZE.pack(len(name)) + name + _SIZE.pack(len(data)) + data
        name = b""


def _packed(value: Value) -> bytes:
    match value:
        case bool():
            return bytes((value,))
        case int():
            return _INTEGER.pack(value)
        case str():
            return value.encode()
        case _:
            return value


def decode(data: bytes) -> Message:
    """Return the message `data` holds; IppError if it holds none."""
    if len(data) < _HEAD.size:
        raise IppError("too short for an IPP message")
    major, minor, code, request_id = _HEAD.unpack_from(data)
    reader = _Reader(data, _HEAD.size)
    groups = tuple(reader.groups())
    return Message(code, request_id, groups, data[reader.at :], (major, minor))


class _Reader:
    """Goes through a message once; every length is checked against what is there."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data = data
        self.at = at
        self._count = 0

    def groups(self) -> list[Group]:
        """Return the groups up to the end mark."""
        found: list[Group] = []
        while (tag := self._take(1)[0]) != GroupTag.END:
            if tag >= _FIRST_VALUE_TAG:
                raise IppError("an attribute stands outside a group")
            found.append(Group(tag, tuple(self._attributes())))
        return found

    def _attributes(self) -> list[Attribute]:
        found: list[Attribute] = []
        while self._peek() >= _FIRST_VALUE_TAG:
            tag = self._take(1)[0]
            name = self._text(self._sized())
            value = self._value(tag, self._sized())
            self._count += 1
            if self._count > MOST_VALUES:
                raise IppError("too many values")
            if name:
                found.append(Attribute(name, tag, (value,)))
            elif found:
                found[-1] = Attribute(found[-1].name, found[-1].tag, (*found[-1].values, value))
            else:
                raise IppError("a value belongs to no attribute")
        return found

    def _value(self, tag: int, data: bytes) -> Value:
        if tag in (Tag.INTEGER, Tag.ENUM) and len(data) == _INTEGER.size:
            return int(_INTEGER.unpack(data)[0])
        if tag == Tag.BOOLEAN and len(data) == 1:
            return data != b"\0"
        return self._text(data) if tag in TEXTS else data

    def _text(self, data: bytes) -> str:
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            raise IppError("a text is not UTF-8") from error

    def _sized(self) -> bytes:
        return self._take(_SIZE.unpack(self._take(_SIZE.size))[0])

    def _peek(self) -> int:
        if self.at >= len(self._data):
            raise IppError("the message breaks off")
        return self._data[self.at]

    def _take(self, size: int) -> bytes:
        if self.at + size > len(self._data):
            raise IppError("the message breaks off")
        self.at += size
        return self._data[self.at - size : self.at]
