"""One TOML file into frozen dataclasses; every fault is found at once and named by its path."""

import dataclasses
import enum
import tomllib
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from hallkit.errors import ConfigError

C = TypeVar("C")


def field(description: str, *, low: float | None = None, high: float | None = None, **options: Any) -> Any:
    """Return a dataclass field with its description and limits, from which docs/configuration.md is made."""
    return dataclasses.field(metadata={"description": description, "low": low, "high": high}, **options)


def load(path: Path, kind: type[C]) -> C:
    """Return the file at `path` as `kind`; raise ConfigError listing every fault, one a line."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    return parse(data, kind)


def parse(data: Mapping[str, Any], kind: type[C]) -> C:
    """Return `data` as `kind`; raise ConfigError listing every fault, one a line."""
    faults: list[str] = []
    value = _table(data, kind, "", faults)
    if faults:
        raise ConfigError("\n".join(faults))
    return typing.cast("C", value)


def _table(data: Mapping[str, Any], kind: type[Any], path: str, faults: list[str]) -> Any:
    fields = {one.name: one for one in dataclasses.fields(kind)}
    hints = typing.get_type_hints(kind)
    before = len(faults)
    faults += [f"{_join(path, key)}: unknown key{_meant(key, fields)}" for key in data if key not in fields]
    values: dict[str, Any] = {}
    for name, one in fields.items():
        where = _join(path, name)
        if name in data:
            values[name] = _value(data[name], hints[name], where, one.metadata, faults)
        elif one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING:
            faults.append(f"{where}: missing ({one.metadata.get('description', 'required')})")
    if len(faults) > before:
        return None
    try:
        return kind(**values)
    except ValueError as error:
        faults.append(f"{path or 'the file'}: {error}")
        return None


def _value(raw: Any, hint: Any, path: str, limits: Mapping[str, Any], faults: list[str]) -> Any:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        hint = next(one for one in typing.get_args(hint) if one is not type(None))
        return _value(raw, hint, path, limits, faults)
    if dataclasses.is_dataclass(hint):
        return _nested(raw, typing.cast("type[Any]", hint), path, faults)
    if origin is tuple:
        return _list(raw, typing.get_args(hint)[0], path, limits, faults)
    if origin in (dict, Mapping) or origin is types.MappingProxyType:
        return _map(raw, typing.get_args(hint)[1], path, limits, faults)
    return _scalar(raw, hint, path, limits, faults)


def _nested(raw: Any, kind: type[Any], path: str, faults: list[str]) -> Any:
    if isinstance(raw, dict):
        return _table(raw, kind, path, faults)
    faults.append(f"{path}: must be a table")
    return None


def _list(raw: Any, item: Any, path: str, limits: Mapping[str, Any], faults: list[str]) -> Any:
    if not isinstance(raw, list):
        faults.append(f"{path}: must be a list")
        return ()
    return tuple(_value(one, item, f"{path}[{place}]", limits, faults) for place, one in enumerate(raw))


def _map(raw: Any, item: Any, path: str, limits: Mapping[str, Any], faults: list[str]) -> Any:
    if not isinstance(raw, dict):
        faults.append(f"{path}: must be a table")
        return {}
    return {key: _value(one, item, _join(path, key), limits, faults) for key, one in raw.items()}


def _scalar(raw: Any, hint: type[Any], path: str, limits: Mapping[str, Any], faults: list[str]) -> Any:
    if hint is Any:
        return raw
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return _choice(raw, hint, path, faults)
    if hint is Path and isinstance(raw, str):
        return Path(raw)
    if hint is float and type(raw) is int:
        raw = float(raw)
    if type(raw) is not hint:
        faults.append(f"{path}: must be {_called(hint)}, not {raw!r}")
        return None
    low, high = limits.get("low"), limits.get("high")
    if hint in (int, float) and ((low is not None and raw < low) or (high is not None and raw > high)):
        faults.append(f"{path}: {raw} is outside {low} to {high}")
    return raw


def _choice(raw: Any, hint: type[enum.Enum], path: str, faults: list[str]) -> Any:
    try:
        return hint(raw)
    except ValueError:
        faults.append(f"{path}: {raw!r} is none of {', '.join(str(one.value) for one in hint)}")
        return None


def _called(hint: type[Any]) -> str:
    return {str: "a text", int: "a whole number", float: "a number", bool: "true or false", Path: "a path"}.get(
        hint, hint.__name__
    )


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _meant(key: str, fields: Mapping[str, Any]) -> str:
    near = [name for name in fields if name[:3] == key[:3] or sorted(name) == sorted(key)]
    return f" (did you mean {near[0]}?)" if near else ""
