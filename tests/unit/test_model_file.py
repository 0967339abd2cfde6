"""The file of a trained model: what is saved is opened, and a damaged file is refused."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from index.bilingual_model import open_model
from index.errors import ModelUnavailable
from index.key_table import sorted_keys
from index.mapped_tensors import map_tensors
from index.spelling import SpellingEncoder
from index.training.artifact import save_model
from index.training.tables import RelatedTable

DIM = 16


@pytest.fixture
def model_parts() -> dict[str, Any]:
    """What `save_model` wants, with random tables."""
    random_ = np.random.default_rng(0)

    def table(n_rows: int) -> npt.NDArray[np.float32]:
        return random_.standard_normal((n_rows, DIM)).astype(np.float32)

    return {
        "keys": sorted_keys(["elect/E", "선거/N", "투표/N"]),
        "vectors": table(3 + 8),
        "related": RelatedTable(
            np.array([0, 2, 2, 3], np.uint32),
            np.array([1, 2, 1], np.uint32),
            np.array([255, 51, 204], np.uint8),
        ),
        "phrases": {
            "snap elect": ["1.00|조기/N|선거/N"],
            "by elect": ["1.00|보궐/N", "0.50|재선/N"],
        },
        "spelling": (table(32), table(32)),
        "metadata": {"license": "없음"},
    }


def test_a_saved_model_gives_the_vectors_it_was_given(
    tmp_path: Path, model_parts: dict[str, Any]
) -> None:
    """Within half a step of a row, which is its largest value by 127, and float16's rounding."""
    save_model(tmp_path / "model", **model_parts)
    model = open_model(tmp_path / "model")
    given = model_parts["vectors"]
    step = np.abs(given).max(axis=1, keepdims=True) / 127
    saved = model.vectors.of_rows(np.arange(11))
    assert (np.abs(saved - given) <= step * 0.6).all()
    np.testing.assert_array_equal(model.vectors.of_terms(["elections", "선거/N"]), saved[:2])
    assert (model.vectors.dim, model.vectors.n_buckets) == (DIM, 8)


def test_a_saved_model_has_the_tables_it_was_given(
    tmp_path: Path, model_parts: dict[str, Any]
) -> None:
    save_model(tmp_path / "model", **model_parts)
    lexicon = open_model(tmp_path / "model").lexicon
    assert [each.parts for each in lexicon.translations("election")] == [("선거/N",), ("투표/N",)]
    assert lexicon.synonyms("선거/N") == []
    assert [each.weight for each in lexicon.synonyms("투표/N")] == [pytest.approx(0.8)]
    assert lexicon.phrase(["snap", "elections"]) == [(("조기/N", "선거/N"), 1.0)]
    assert lexicon.phrase(["by", "election"]) == [(("보궐/N",), 1.0), (("재선/N",), 0.5)]


def test_a_saved_model_spells_as_the_tables_it_was_given(
    tmp_path: Path, model_parts: dict[str, Any]
) -> None:
    save_model(tmp_path / "model", **model_parts)
    saved = open_model(tmp_path / "model").spelling
    ones = np.ones(32, np.float16)
    letters, jamo = model_parts["spelling"]
    exact = SpellingEncoder(letters, ones, jamo, ones)  # floats where the file has bytes
    words, names = ["haspel", "kt"], ["해스펠", "케이티"]
    np.testing.assert_allclose(saved.encode_latin(words), exact.encode_latin(words), atol=0.02)
    np.testing.assert_allclose(saved.encode_hangul(names), exact.encode_hangul(names), atol=0.02)


def test_the_fingerprint_is_the_digest_of_all_tensors(
    tmp_path: Path, model_parts: dict[str, Any]
) -> None:
    fingerprint = save_model(tmp_path / "model", **model_parts)
    tensors, metadata = map_tensors(tmp_path / "model")
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(name.encode() + tensors[name].tobytes())
    assert fingerprint == digest.hexdigest() == open_model(tmp_path / "model").fingerprint
    assert metadata == {"license": "없음", "fingerprint": fingerprint}


def test_the_fingerprint_differs_when_any_part_does(
    tmp_path: Path, model_parts: dict[str, Any]
) -> None:
    found = {save_model(tmp_path / "model", **model_parts)}
    assert save_model(tmp_path / "again", **model_parts) in found
    changes: list[dict[str, Any]] = [
        {"keys": ["elect/E", "선거/N", "표/N"]},
        {"vectors": model_parts["vectors"] * 2},
        {"phrases": {"snap elect": ["1.00|조기/N"]}},
        {"spelling": model_parts["spelling"][::-1]},
        {"related": model_parts["related"]._replace(weights=np.array([255, 51, 203], np.uint8))},
    ]
    found |= {save_model(tmp_path / "model", **{**model_parts, **change}) for change in changes}
    assert len(found) == 1 + len(changes)


def test_a_row_of_zeros_stays_one(tmp_path: Path, model_parts: dict[str, Any]) -> None:
    model_parts["vectors"][1] = 0
    save_model(tmp_path / "model", **model_parts)
    assert not open_model(tmp_path / "model").vectors.of_terms(["선거/N"]).any()


def test_a_missing_or_damaged_model_is_one_line_that_names_it(
    tmp_path: Path, model_parts: dict[str, Any]
) -> None:
    save_model(tmp_path / "whole", **model_parts)
    (tmp_path / "cut").write_bytes((tmp_path / "whole").read_bytes()[:-1])
    for name in ("none", "cut"):
        with pytest.raises(ModelUnavailable, match=f"{name} cannot be read .*train it") as caught:
            open_model(tmp_path / name)
        assert "\n" not in str(caught.value)
