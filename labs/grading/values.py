"""Values on the wire: numbers, text, containers, arrays and tables as JSON.

Never pickle: one side is a learner's process. What is none of these travels as a handle.
"""

import base64
import math

import numpy as np
import pandas as pd

DEEPEST = 12
RAW_KINDS = "biufmM"
CONTAINERS = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
LARGEST_PLAIN = 2**53


class NotSendableError(TypeError):
    pass


def encode(value, keep=None, depth=0):  # noqa: C901, PLR0911 - a case for each kind
    """`value` for JSON; an object of another kind is given to `keep`, which returns its number."""
    if depth > DEEPEST:
        raise NotSendableError("too deep")

    def inner(part):
        return encode(part, keep, depth + 1)

    kind = type(value)
    if value is None or kind in (bool, str):
        return value
    if kind is int:
        return value if abs(value) < LARGEST_PLAIN else {"_": "int", "text": str(value)}
    if kind is float:
        return value if math.isfinite(value) else {"_": "float", "text": repr(value)}
    if kind.__name__ in CONTAINERS and kind is CONTAINERS[kind.__name__]:
        return {"_": kind.__name__, "items": [inner(part) for part in value]}
    if kind is dict:
        return {"_": "dict", "items": [[inner(k), inner(v)] for k, v in value.items()]}
    if isinstance(value, np.str_):
        return str(value)
    if isinstance(value, np.generic) and value.dtype.kind in RAW_KINDS:
        return {"_": "scalar", "array": _encode_array(np.asarray(value), inner)}
    if isinstance(value, np.ndarray):
        return _encode_array(value, inner)
    if isinstance(value, pd.DataFrame):
        columns = [_encode_column(value.iloc[:, place], inner) for place in range(value.shape[1])]
        names = [inner(name) for name in value.columns]
        return {"_": "table", "names": names, "columns": columns, "index": _index(value, inner)}
    if isinstance(value, pd.Series):
        column = _encode_column(value, inner)
        return {"_": "series", "name": inner(value.name), "column": column} | {
            "index": _index(value, inner)
        }
    if keep is None:
        raise NotSendableError(f"cannot send a {kind.__name__}")
    return {"_": "handle", "number": keep(value), "kind": kind.__name__[:60]}


def _index(table, inner):
    return _encode_column(table.index.to_series(), inner)


def _encode_column(column, inner):
    if isinstance(column.dtype, pd.StringDtype):
        return {"_": "text", "items": [part if type(part) is str else None for part in column]}
    return _encode_array(column.to_numpy(), inner)


def _encode_array(array, inner):
    shape = list(array.shape)
    if array.dtype.kind in RAW_KINDS:
        content = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
        return {"_": "array", "dtype": array.dtype.str, "shape": shape, "bytes": content}
    return {"_": "objects", "shape": shape, "items": [inner(part) for part in array.ravel()]}


def decode(message, handle=None):  # noqa: C901, PLR0911 - a case for each kind
    """The value of an encoded `message`; raises ValueError for what `encode` would not write."""

    def inner(part):
        return decode(part, handle)

    if isinstance(message, list):
        raise ValueError("a bare list")  # noqa: TRY004 - a value on the wire, not our type
    if not isinstance(message, dict):
        return message
    match message:
        case {"_": "int", "text": str(text)}:
            return int(text[:400])
        case {"_": "float", "text": str(text)}:
            return float(text)
        case {"_": "dict", "items": list(items)}:
            return {inner(key): inner(value) for key, value in items}
        case {"_": "scalar", "array": array}:
            return inner(array)[()]
        case {"_": "array" | "objects" | "text"}:
            return _decode_array(message, inner)
        case {"_": "table", "names": list(names), "columns": list(columns), "index": index}:
            index = inner(index)
            parts = {place: pd.Series(inner(c), index=index) for place, c in enumerate(columns)}
            table = pd.DataFrame(parts, index=index)
            table.columns = [inner(name) for name in names]
            return table
        case {"_": "series", "name": name, "column": column, "index": index}:
            return pd.Series(inner(column), index=inner(index), name=inner(name))
        case {"_": "handle", "number": int(number), "kind": str(kind)} if handle:
            return handle(number, kind[:60])
        case {"_": str(kind), "items": list(items)} if kind in CONTAINERS:
            return CONTAINERS[kind](inner(part) for part in items)
    raise ValueError("unknown value on the wire")


def _decode_array(message, inner):
    match message:
        case {"_": "text", "items": list(items)}:
            return pd.array([i if type(i) is str else None for i in items], dtype="str")
        case {"_": "array", "dtype": str(name), "shape": list(shape), "bytes": str(content)}:
            dtype = np.dtype(name)
            if dtype.kind not in RAW_KINDS:
                raise ValueError("unknown dtype on the wire")
            return np.frombuffer(base64.b64decode(content), dtype).reshape(shape).copy()
        case {"_": "objects", "shape": list(shape), "items": list(items)}:
            array = np.empty(len(items), object)
            for place, item in enumerate(items):
                array[place] = inner(item)
            return array.reshape(shape)
    raise ValueError("unknown array on the wire")
