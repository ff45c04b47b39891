"""Facts as bytes and back: a ZIP file with `fact.json` and one Parquet file a frame or array. Never pickle.

Only dataclasses of this package are built when a fact is read: a workspace may come from a share.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from importlib import import_module
from typing import Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

PACKAGE = __name__.partition(".")[0]
TAG = "$"
Frames = list[pd.DataFrame]


def encode(value: Any) -> bytes:
    """A fact's bytes.

    Raises:
        TypeError: a part of it is of a kind that a fact cannot have.

    >>> decode(encode({"a": (1, 2.5, None), "day": date(2026, 10, 1)}))
    {'a': (1, 2.5, None), 'day': datetime.date(2026, 10, 1)}
    """
    frames: Frames = []
    tree = json.dumps(_plain(value, frames), ensure_ascii=False)
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_STORED) as archive:
        archive.writestr(ZipInfo("fact.json"), tree)
        for number, frame in enumerate(frames):
            archive.writestr(ZipInfo(f"{number}.parquet"), _parquet(frame))
    return buffer.getvalue()


def decode(content: bytes) -> Any:
    """The fact of these bytes.

    Raises:
        ValueError: they are not whole, or not a fact.
    """
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            tree = json.loads(archive.read("fact.json"))
            names = [name for name in archive.namelist() if name.endswith(".parquet")]
            frames = [pq.read_table(io.BytesIO(archive.read(f"{number}.parquet"))).to_pandas() for number in range(len(names))]
    except (BadZipFile, KeyError, OSError, pa.ArrowInvalid, EOFError) as error:
        raise ValueError("a kept fact must be whole") from error
    return _value(tree, frames)


def digest(*parts: Any) -> str:
    """SHA-256 of all parts and their types, the same in every process.

    >>> digest("a", 1) == digest("a", 1), digest("a", 1) == digest("a", 1.0)
    (True, False)
    """
    frames: Frames = []
    digest = sha256(json.dumps(_plain(parts, frames), sort_keys=True).encode("utf-8"))
    for frame in frames:
        table = pa.Table.from_pandas(frame)
        digest.update(json.dumps([str(field) for field in table.schema]).encode("utf-8"))
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema.remove_metadata()) as stream:
            stream.write_table(table.replace_schema_metadata(None).combine_chunks())
        digest.update(sink.getvalue())
    return digest.hexdigest()


def _plain(value: Any, frames: Frames) -> Any:
    """A value as JSON knows it; frames and arrays go to `frames`."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        kind = type(value)
        parts = {part.name: _plain(getattr(value, part.name), frames) for part in fields(value) if part.init}
        return {TAG: "data", "class": f"{kind.__module__}:{kind.__qualname__}", "value": parts}
    if isinstance(value, tuple | list | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return {TAG: type(value).__name__, "value": [_plain(item, frames) for item in items]}
    if isinstance(value, Mapping):
        return {TAG: "dict", "value": [[_plain(key, frames), _plain(item, frames)] for key, item in value.items()]}
    if isinstance(value, pd.DataFrame | pd.Series | pd.Index | np.ndarray):
        return _framed(value, frames)
    return _moment(value)


def _framed(value: Any, frames: Frames) -> Any:
    tagged: dict[str, Any] = {TAG: "array", "value": len(frames)}
    if isinstance(value, pd.DataFrame):
        tagged = {TAG: "frame", "value": len(frames)}
        frames.append(value.copy(deep=False))
        frames[-1].attrs = {}
    elif isinstance(value, pd.Series):
        tagged = {TAG: "series", "value": len(frames), "name": value.name}
        frames.append(value.rename("0").to_frame())
        frames[-1].attrs = {}
    elif isinstance(value, pd.Index):
        tagged = {TAG: "index", "value": len(frames), "name": value.name, "freq": getattr(value, "freqstr", None)}
        frames.append(pd.DataFrame({"0": value}))
    else:
        tagged["shape"] = list(value.shape)
        frames.append(pd.DataFrame({"0": value.reshape(-1)}))
    if attrs := getattr(value, "attrs", None):
        tagged["attrs"] = _plain(attrs, frames)
    return tagged


def _moment(value: Any) -> Any:
    """Moments, lengths of time, and the scalars of numpy and pandas."""
    if value is pd.NaT or value is pd.NA:
        return {TAG: "missing", "value": "NaT" if value is pd.NaT else "NA"}
    if isinstance(value, pd.Timestamp | pd.Timedelta):
        zone = str(value.tz) if isinstance(value, pd.Timestamp) and value.tz is not None else None
        plain = value.tz_convert("UTC").tz_localize(None) if zone and isinstance(value, pd.Timestamp) else value
        return {TAG: type(value).__name__, "value": int(plain.as_unit("ns").value), "unit": value.unit, "zone": zone}
    if isinstance(value, datetime):
        zone = str(value.tzinfo) if isinstance(value.tzinfo, ZoneInfo) else None
        moment = value.astimezone(ZoneInfo("UTC")) if zone else value
        return {TAG: "datetime", "value": moment.isoformat(), "zone": zone}
    if isinstance(value, date | time):
        return {TAG: type(value).__name__, "value": value.isoformat()}
    if isinstance(value, timedelta):
        return {TAG: "timedelta", "value": [value.days, value.seconds, value.microseconds]}
    if isinstance(value, np.generic):
        return {TAG: "scalar", "value": value.item(), "dtype": str(value.dtype)}
    raise TypeError(f"a kept fact must be made of dataclasses, frames and plain values; found {type(value).__name__}")


def _parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(frame), buffer, compression="zstd")
    return buffer.getvalue()


def _value(coded: Any, frames: Frames) -> Any:
    if not isinstance(coded, dict):
        return coded
    kind: str = coded[TAG]
    value: Any = coded["value"]
    if kind in ("tuple", "list", "set", "frozenset"):
        return {"tuple": tuple, "list": list, "set": set, "frozenset": frozenset}[kind](_value(item, frames) for item in value)
    if kind == "dict":
        return {_value(key, frames): _value(item, frames) for key, item in value}
    if kind == "data":
        return _built(coded["class"], {name: _value(part, frames) for name, part in value.items()})
    if kind in ("frame", "series", "index", "array"):
        return _unframed(coded, frames)
    return _moment_of(kind, value, coded)


def _built(name: str, parts: dict[str, Any]) -> Any:
    module, _, qualified = name.partition(":")
    if module.partition(".")[0] != PACKAGE or "__" in module:  # importing a `__main__` would run it
        raise ValueError(f"a kept fact must be of {PACKAGE}; found {name}")
    named: Any = import_module(module)
    for part in qualified.split("."):
        named = getattr(named, part, None)
    if not (isinstance(named, type) and is_dataclass(named)):
        raise ValueError(f"a kept fact must be a dataclass of {PACKAGE}; found {name}")
    return named(**parts)


def _unframed(coded: dict[str, Any], frames: Frames) -> Any:
    frame = frames[coded["value"]]
    if coded[TAG] == "array":
        return frame["0"].to_numpy().reshape(coded["shape"])
    if coded[TAG] == "index":
        index = pd.Index(frame["0"], name=coded["name"])
        return pd.DatetimeIndex(index, freq=coded["freq"]) if coded["freq"] else index
    value = frame if coded[TAG] == "frame" else frame["0"].rename(coded["name"])
    if "attrs" in coded:
        value.attrs = _value(coded["attrs"], frames)
    return value


def _moment_of(kind: str, value: Any, coded: dict[str, Any]) -> Any:
    if kind == "missing":
        return pd.NaT if value == "NaT" else pd.NA
    if kind == "Timestamp":
        stamp = pd.Timestamp(value, unit="ns").as_unit(coded["unit"])
        return stamp.tz_localize("UTC").tz_convert(coded["zone"]) if coded["zone"] else stamp
    if kind == "Timedelta":
        return pd.Timedelta(value, unit="ns").as_unit(coded["unit"])
    if kind == "datetime":
        moment = datetime.fromisoformat(value)
        return moment.astimezone(ZoneInfo(coded["zone"])) if coded["zone"] else moment
    if kind == "timedelta":
        return timedelta(*value)
    if kind in ("date", "time"):
        return (date if kind == "date" else time).fromisoformat(value)
    if kind == "scalar":
        return np.dtype(coded["dtype"]).type(value)
    raise ValueError(f"a kept fact must be of known kinds; found {kind!r}")
