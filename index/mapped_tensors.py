"""
A safetensors file as memory-mapped arrays: nothing is read before it is used.

The format is a length, a JSON header and the bytes of the tensors
(https://huggingface.co/docs/safetensors). The library itself copies what it loads.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

MAX_HEADER_BYTES = 1 << 20

_DTYPES = {"I8": "<i1", "U8": "<u1", "U16": "<u2", "U32": "<u4", "F16": "<f2", "F32": "<f4"}


class MappedTensors(NamedTuple):
    """Read-only arrays by name, and the strings of the header's ``__metadata__``."""

    tensors: dict[str, npt.NDArray[Any]]
    metadata: dict[str, str]


def map_tensors(path: Path) -> MappedTensors:
    """
    Map a file.

    Raises:
        OSError: It cannot be read.
        ValueError: It is not a safetensors file, or a tensor lies outside of it.
    """
    mapped = np.memmap(path, np.uint8, "r")
    header_bytes = int.from_bytes(mapped[:8].tobytes(), "little")
    if not 2 <= header_bytes <= min(MAX_HEADER_BYTES, len(mapped) - 8):
        raise ValueError(f"a header of {header_bytes:,} bytes")
    try:
        header = json.loads(mapped[8 : 8 + header_bytes].tobytes())
        metadata = header.pop("__metadata__", {})
        body = np.asarray(mapped)[8 + header_bytes :]
        tensors = {name: _view(name, described, body) for name, described in header.items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"a header of another form ({error!r})") from error
    return MappedTensors(tensors, metadata)


def _view(name: str, described: Any, body: npt.NDArray[np.uint8]) -> npt.NDArray[Any]:
    start, end = described["data_offsets"]
    dtype = np.dtype(_DTYPES[described["dtype"]])
    shape = tuple(described["shape"])
    if not 0 <= start <= end <= len(body) or end - start != dtype.itemsize * np.prod(shape):
        raise ValueError(f"tensor {name} does not fit into the file")
    return body[start:end].view(dtype).reshape(shape)
