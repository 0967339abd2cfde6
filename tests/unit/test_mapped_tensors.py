"""A safetensors file is mapped, not read, and a damaged one is refused."""

import json
import mmap
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from safetensors.numpy import save_file

from index.mapped_tensors import MAX_HEADER_BYTES, map_tensors

TENSORS: dict[str, npt.NDArray[Any]] = {
    "bytes": np.array([[-127, 0], [5, 127]], np.int8),
    "text": np.frombuffer("가나".encode(), np.uint8),
    "small": np.array([1, 65535], np.uint16),
    "offsets": np.array([0, 3, 4_000_000_000], np.uint32),
    "halves": np.array([0.5, -2.0], np.float16),
    "singles": np.arange(6, dtype=np.float32).reshape(1, 2, 3),
    "nothing": np.zeros((0, 4), np.float32),
}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A good file with a tensor of each type."""
    path = tmp_path / "good.safetensors"
    save_file(TENSORS, path, {"license": "없음", "seed": "0"})
    return path


def write(path: Path, header: Any, body: bytes = b"") -> Path:
    """Write a file with that header, whatever it is."""
    content = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(content).to_bytes(8, "little") + content + body)
    return path


def entry(dtype: str, shape: list[int], start: int, end: int) -> dict[str, Any]:
    return {"a": {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}}


def test_what_the_library_saved_comes_back(saved: Path) -> None:
    tensors, metadata = map_tensors(saved)
    assert metadata == {"license": "없음", "seed": "0"}
    assert tensors.keys() == TENSORS.keys()
    for name, expected in TENSORS.items():
        assert tensors[name].dtype == expected.dtype
        np.testing.assert_array_equal(tensors[name], expected)


def test_a_file_without_metadata_has_none(tmp_path: Path) -> None:
    save_file({"bytes": TENSORS["bytes"]}, tmp_path / "plain")
    assert map_tensors(tmp_path / "plain").metadata == {}


def test_nothing_is_copied_and_nothing_can_be_changed(saved: Path) -> None:
    for name, array in map_tensors(saved).tensors.items():
        base: Any = array
        while isinstance(base, np.ndarray) and base.base is not None:
            base = base.base
        assert isinstance(base, mmap.mmap), name
        assert not array.flags.owndata
        assert not array.flags.writeable
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_a_file_cut_anywhere_is_refused(saved: Path, tmp_path: Path) -> None:
    whole = saved.read_bytes()
    for size in (0, 1, 7, 8, 9, 100, len(whole) // 2, len(whole) - 1):
        cut = tmp_path / "cut"
        cut.write_bytes(whole[:size])
        with pytest.raises(ValueError, match=r"header of|does not fit|empty file"):
            map_tensors(cut)


def test_a_missing_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="none"):
        map_tensors(tmp_path / "none")


@pytest.mark.parametrize("header_bytes", [0, 1, MAX_HEADER_BYTES + 1, 2**64 - 1])
def test_a_header_too_short_or_too_long_is_refused(tmp_path: Path, header_bytes: int) -> None:
    path = tmp_path / "odd"
    path.write_bytes(header_bytes.to_bytes(8, "little") + b"{}" + bytes(MAX_HEADER_BYTES + 8))
    with pytest.raises(ValueError, match="a header of"):
        map_tensors(path)


def test_a_header_longer_than_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "short").write_bytes((100).to_bytes(8, "little") + b"{}")
    with pytest.raises(ValueError, match="a header of 100 bytes"):
        map_tensors(tmp_path / "short")


@pytest.mark.parametrize(
    "header",
    [
        entry("U8", [9], 0, 9),  # behind the end
        entry("U8", [4], 6, 10),  # partly behind it
        entry("U8", [2], -2, 0),  # before the beginning
        entry("U8", [2], 4, 2),  # ends before it begins
        entry("U8", [3], 0, 2),  # fewer bytes than the shape needs
        entry("F32", [2], 0, 2),  # fewer than the type needs
        entry("I8", [1], 0, 8),  # more
    ],
)
def test_a_tensor_that_does_not_fit_is_refused(tmp_path: Path, header: Any) -> None:
    with pytest.raises(ValueError, match="tensor a does not fit into the file"):
        map_tensors(write(tmp_path / "odd", header, bytes(8)))


def test_a_tensor_may_end_where_the_file_ends(tmp_path: Path) -> None:
    path = write(tmp_path / "exact", entry("U8", [2, 4], 0, 8), bytes(range(8)))
    assert map_tensors(path).tensors["a"].tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]


@pytest.mark.parametrize("header", [b"{,", b"\xff\xfe\xfa", b"  "])
def test_a_header_that_is_no_json_is_refused(tmp_path: Path, header: bytes) -> None:
    with pytest.raises(ValueError, match=r"Expecting|codec"):
        map_tensors(write(tmp_path / "odd", header))


@pytest.mark.parametrize(
    "header",
    [
        [],
        entry("F64", [1], 0, 8),
        {"a": {"dtype": "U8", "shape": [8]}},
        {"a": 1},
        {"a": {"dtype": "U8", "shape": [8], "data_offsets": ["0", "8"]}},
    ],
)
def test_a_header_of_another_form_is_refused(tmp_path: Path, header: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        map_tensors(write(tmp_path / "odd", header, bytes(8)))
