"""A build that was damaged, or written by something else, is refused by name."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from index import analysis, manifest
from index.analysis import Analyzer
from index.builds import CURRENT_FILE, build_folder, list_builds, read_current
from index.errors import IndexCorrupt, IndexIncompatible, NoIndex
from index.manifest import MANIFEST_FILE, read_manifest, record_files, write_manifest
from index.snapshot import OpenOptions, Snapshot, check_snapshot, open_snapshot

DATA_FILES = [
    "document_days.npy",
    "document_publishers.npy",
    "document_sections.npy",
    "documents.sqlite",
    "name_offsets.npy",
    "name_text.npy",
    "names.faiss",
    "names.json",
    "passage_documents.npy",
    "passage_lengths.npy",
    "passage_order.npy",
    "posting_impacts.npy",
    "posting_rows.npy",
    "posting_starts.npy",
    "term_idf.npy",
    "term_offsets.npy",
    "term_sorted.npy",
    "term_vector_rows.npy",
    "terms.bin",
    "vector_rows.npy",
    "vectors.faiss",
]


@pytest.fixture
def copied_build(copied_index: Path) -> Path:
    """The folder of the build in the copy."""
    return build_folder(copied_index, read_current(copied_index))


def flip(path: Path, place: int) -> None:
    """Flip one bit and leave size and modification time as they were."""
    status = path.stat()
    raw = bytearray(path.read_bytes())
    raw[place] ^= 1
    path.write_bytes(raw)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def rewrite(folder: Path, **changes: object) -> None:
    """Write the manifest again with other values and a right checksum."""
    fields = json.loads((folder / MANIFEST_FILE).read_bytes())
    fields.pop("checksum")
    (folder / MANIFEST_FILE).write_bytes(manifest._render({**fields, **changes}))


def test_the_files_of_a_build_are_those_that_are_damaged_below(snapshot: Snapshot) -> None:
    assert sorted(snapshot.manifest.files) == DATA_FILES


def test_an_untouched_build_opens_verified_and_consistent(
    copied_index: Path, analyzer: Analyzer
) -> None:
    opened = open_snapshot(copied_index, options=OpenOptions(verify=True), analyzer=analyzer)
    check_snapshot(opened)
    assert opened.analyzer is analyzer
    assert opened.manifest.counts["documents"] == len(opened.store.document_ids()) > 0
    opened.close()


@pytest.mark.parametrize("name", DATA_FILES)
def test_a_cut_file_is_named(
    copied_index: Path, copied_build: Path, analyzer: Analyzer, name: str
) -> None:
    path = copied_build / name
    os.truncate(path, path.stat().st_size - 1)
    with pytest.raises(IndexCorrupt, match=rf"{name} has [\d,]+ bytes, not [\d,]+"):
        open_snapshot(copied_index, analyzer=analyzer)


@pytest.mark.parametrize("name", DATA_FILES)
def test_a_missing_file_is_named(
    copied_index: Path, copied_build: Path, analyzer: Analyzer, name: str
) -> None:
    (copied_build / name).unlink()
    with pytest.raises(IndexCorrupt, match=f"{name} is missing"):
        open_snapshot(copied_index, analyzer=analyzer)


@pytest.mark.parametrize("name", DATA_FILES)
@pytest.mark.parametrize("place", [0, -1])
def test_a_flipped_bit_is_found_in_every_file_by_reading_all_of_it(
    copied_index: Path, copied_build: Path, analyzer: Analyzer, name: str, place: int
) -> None:
    flip(copied_build / name, place)
    with pytest.raises(IndexCorrupt, match=f"{name} was altered: its sha256 differs"):
        open_snapshot(copied_index, options=OpenOptions(verify=True), analyzer=analyzer)


@pytest.mark.parametrize("name", DATA_FILES)
def test_a_flipped_bit_is_found_without_reading_all_where_the_time_differs(
    copied_index: Path, copied_build: Path, analyzer: Analyzer, name: str
) -> None:
    flip(copied_build / name, -1)
    os.utime(copied_build / name, ns=(1, 1))
    with pytest.raises(IndexCorrupt, match=f"{name} was altered: its sha256 differs"):
        open_snapshot(copied_index, analyzer=analyzer)


def test_a_file_of_another_time_and_the_same_content_is_fine(
    copied_index: Path, copied_build: Path, analyzer: Analyzer
) -> None:
    for name in DATA_FILES:
        os.utime(copied_build / name, ns=(1, 1))
    open_snapshot(copied_index, analyzer=analyzer).close()


def test_every_altered_byte_of_the_manifest_is_found(copied_build: Path) -> None:
    path = copied_build / MANIFEST_FILE
    raw = path.read_bytes()
    for place in range(0, len(raw), 37):
        flip(path, place)
        with pytest.raises(
            IndexCorrupt, match=r"manifest\.json (was altered|is missing or unread)"
        ):
            read_manifest(copied_build)
        path.write_bytes(raw)
    assert read_manifest(copied_build).build == copied_build.name


LIST = pytest.param(b"[]")


@pytest.mark.parametrize("raw", [b"", b"{}", LIST, b"null", b"\xff", b'{"checksum": 1}'])
def test_a_manifest_that_is_none_is_corrupt(copied_build: Path, raw: bytes) -> None:
    (copied_build / MANIFEST_FILE).write_bytes(raw)
    with pytest.raises(IndexCorrupt, match=r"manifest\.json"):
        read_manifest(copied_build)


def test_a_missing_manifest_is_corrupt(copied_build: Path) -> None:
    (copied_build / MANIFEST_FILE).unlink()
    with pytest.raises(IndexCorrupt, match=r"manifest\.json is missing or unreadable"):
        read_manifest(copied_build)


def test_a_manifest_that_is_written_is_the_one_that_is_read(copied_build: Path) -> None:
    before = (copied_build / MANIFEST_FILE).read_bytes()
    write_manifest(copied_build, read_manifest(copied_build))
    assert (copied_build / MANIFEST_FILE).read_bytes() == before


def test_another_format_version_is_incompatible(copied_build: Path) -> None:
    version = manifest.FORMAT_VERSION
    rewrite(copied_build, format_version=version + 1)
    message = rf"has format {version + 1}, this program reads {version}\. Rebuild"
    with pytest.raises(IndexIncompatible, match=message):
        read_manifest(copied_build)


def test_the_manifest_of_another_build_is_corrupt(copied_build: Path) -> None:
    rewrite(copied_build, build="20200101T000000000000Z-00000000")
    with pytest.raises(IndexCorrupt, match="belongs to build 20200101T000000000000Z-00000000"):
        read_manifest(copied_build)


def test_another_analyzer_is_refused_with_what_changed(
    copied_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = analysis.CODE_VERSION
    monkeypatch.setattr(analysis, "CODE_VERSION", version + 1)
    message = rf"another analyzer \(code_version {version} -> {version + 1}\)\. Rebuild the index"
    with pytest.raises(IndexIncompatible, match=message):
        open_snapshot(copied_index)


def test_another_encoder_is_refused(
    copied_index: Path, copied_build: Path, analyzer: Analyzer
) -> None:
    encoder = {**read_manifest(copied_build).encoder, "fingerprint": "bilingual-0000000000000000"}
    rewrite(copied_build, encoder=encoder)
    message = r"built with encoder bilingual-0{16}, here is bilingual-[0-9a-f]{16}\. Rebuild"
    with pytest.raises(IndexIncompatible, match=message):
        open_snapshot(copied_index, analyzer=analyzer)


def test_another_model_is_refused(
    copied_index: Path, copied_build: Path, analyzer: Analyzer
) -> None:
    rewrite(copied_build, model={"fingerprint": "0" * 64})
    with pytest.raises(IndexIncompatible, match=r"with model 0{16}, here is [0-9a-f]{16}\. Reb"):
        open_snapshot(copied_index, analyzer=analyzer)


def replace_file(folder: Path, name: str, write: Callable[[Path], object]) -> None:
    """Write a file another way and give it a right checksum, as a broken writer would."""
    write(folder / name)
    rewrite(folder, files={n: asdict(record) for n, record in record_files(folder).items()})


@pytest.mark.parametrize("name", ["names.faiss", "name_offsets.npy", "term_vector_rows.npy"])
def test_a_file_with_a_right_checksum_that_does_not_parse_is_corrupt(
    copied_index: Path, copied_build: Path, analyzer: Analyzer, name: str
) -> None:
    replace_file(copied_build, name, lambda path: path.write_bytes(b"nonsense"))
    with pytest.raises(IndexCorrupt, match=rf"{copied_build.name} cannot be opened"):
        open_snapshot(copied_index, analyzer=analyzer)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("term_vector_rows.npy", lambda rows: rows[:-1]),
        ("term_vector_rows.npy", lambda rows: np.where(rows == rows.max(), 1 << 30, rows)),
        ("term_vector_rows.npy", lambda rows: np.where(rows == rows.max(), -2, rows)),
        ("name_offsets.npy", lambda offsets: offsets[:-1]),
        ("name_offsets.npy", lambda offsets: offsets[:0]),
        ("name_offsets.npy", lambda offsets: offsets[::-1]),
    ],
)
def test_names_and_vector_rows_that_do_not_fit_do_not_pass_the_check(
    copied_index: Path,
    copied_build: Path,
    analyzer: Analyzer,
    name: str,
    change: Callable[[npt.NDArray[np.integer]], npt.NDArray[np.integer]],
) -> None:
    values = np.load(copied_build / name)
    replace_file(
        copied_build, name, lambda path: np.save(path, change(values).astype(values.dtype))
    )
    opened = open_snapshot(copied_index, analyzer=analyzer)
    with pytest.raises(IndexCorrupt, match=f"Build {copied_build.name} is inconsistent"):
        check_snapshot(opened)
    opened.close()


@pytest.mark.parametrize("table", ["documents", "passages", "sentences"])
def test_counts_that_do_not_fit_the_files_do_not_pass_the_check(
    copied_index: Path, copied_build: Path, analyzer: Analyzer, table: str
) -> None:
    counts = read_manifest(copied_build).counts
    rewrite(copied_build, counts={**counts, table: counts[table] + 1})
    opened = open_snapshot(copied_index, analyzer=analyzer)
    with pytest.raises(IndexCorrupt, match=f"Build {copied_build.name} is inconsistent"):
        check_snapshot(opened)
    opened.close()


@pytest.mark.parametrize(
    "content", ["", "latest", "../builds", "20200101T000000000000Z-00000000", "\n"]
)
def test_a_pointer_to_no_build_is_corrupt(copied_index: Path, content: str) -> None:
    (copied_index / CURRENT_FILE).write_text(content)
    with pytest.raises(IndexCorrupt, match=r"CURRENT names no build .* gisa rollback BUILD"):
        open_snapshot(copied_index)


def test_a_pointer_that_is_not_ascii_is_corrupt(copied_index: Path) -> None:
    (copied_index / CURRENT_FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(IndexCorrupt, match=r"CURRENT cannot be read\. Run: gisa rollback BUILD"):
        read_current(copied_index)


def test_a_folder_without_a_pointer_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(NoIndex, match=r"No index at .*nowhere\. Build one: gisa build PATH"):
        open_snapshot(tmp_path / "nowhere")
    assert list_builds(tmp_path / "nowhere") == []


def test_an_open_snapshot_outlives_its_folder(copied_index: Path, analyzer: Analyzer) -> None:
    opened = open_snapshot(copied_index, analyzer=analyzer)
    [document_id, *_] = opened.store.document_ids()
    shutil.rmtree(copied_index)
    assert opened.store.document(document_id).id == document_id
    assert opened.lexical.get_scores(["정부/N"]).max() > 0
    opened.close()
