"""
manifest.json: what a build is, and a checksum of every file in it, its own included.

Useful for: "may this build be served, by this program, with these files?"
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from index.errors import IndexCorrupt, IndexIncompatible

MANIFEST_FILE = "manifest.json"
FORMAT_VERSION = 2


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file of a build: SHA-256 in hex, size in bytes, modification time in ns."""

    sha256: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """
    The description of one build.

    Args:
        build: Id of the build, the name of its folder.
        created: ISO 8601, UTC.
        counts: documents, passages, sentences, terms, vectors.
        analyzer: ``fingerprint``, ``description``, and the ``user_dictionary`` file or None.
        model: ``fingerprint`` of the bundled model, whose spellings the names are stored by.
        encoder: ``fingerprint`` and ``options``, as `index.encoder.EncoderOptions`.
        options: ``bm25`` parameters, ``target_chars``, ``title_weight``.
        corpus: Report of reading, and ``digest`` where the caller named the corpus.
        files: Every other file of the folder.
    """

    build: str
    created: str
    counts: dict[str, int]
    analyzer: dict[str, Any]
    model: dict[str, Any]
    encoder: dict[str, Any]
    options: dict[str, Any]
    corpus: dict[str, Any]
    files: dict[str, FileRecord] = field(default_factory=dict)
    format_version: int = FORMAT_VERSION


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the file; `index.build` syncs it."""
    (folder / MANIFEST_FILE).write_bytes(_render(asdict(manifest)))


def read_manifest(folder: Path) -> Manifest:
    """
    Read and verify the manifest itself, to the byte.

    Raises:
        IndexCorrupt: It is missing, damaged, or of another build.
        IndexIncompatible: It has another format version.
    """
    path = folder / MANIFEST_FILE
    try:
        raw = path.read_bytes()
        fields = json.loads(raw)
        fields.pop("checksum")
        intact = _render(fields) == raw
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise _corrupt(path, "is missing or unreadable") from error
    if not intact:
        raise _corrupt(path, "was altered")
    version = fields.get("format_version")
    if version != FORMAT_VERSION:
        raise IndexIncompatible(
            f"{path} has format {version}, this program reads {FORMAT_VERSION}. Rebuild the index."
        )
    files = {name: FileRecord(**record) for name, record in fields.pop("files").items()}
    manifest = Manifest(**fields, files=files)
    if manifest.build != folder.name and not folder.name.startswith("."):
        raise _corrupt(path, f"belongs to build {manifest.build}")
    return manifest


def record_files(folder: Path) -> dict[str, FileRecord]:
    """Read every file of a folder back from disk and describe it."""
    return {
        path.name: _record(path) for path in sorted(folder.iterdir()) if path.name != MANIFEST_FILE
    }


def verify_files(folder: Path, manifest: Manifest, *, full: bool) -> None:
    """
    Compare the files of a build with its manifest.

    Args:
        folder: Of the build.
        manifest: Its manifest.
        full: Read every byte. Otherwise sizes and modification times are compared, and
            only a file whose time differs (a copied index) is read.

    Raises:
        IndexCorrupt: A file is missing, cut or altered; it is named.
    """
    for name, expected in manifest.files.items():
        path = folder / name
        try:
            status = path.stat()
        except OSError as error:
            raise _corrupt(path, "is missing") from error
        if status.st_size != expected.size:
            raise _corrupt(path, f"has {status.st_size:,} bytes, not {expected.size:,}")
        unchanged = status.st_mtime_ns == expected.mtime_ns
        if (full or not unchanged) and _sha256(path) != expected.sha256:
            raise _corrupt(path, "was altered: its sha256 differs")


def _record(path: Path) -> FileRecord:
    status = path.stat()
    return FileRecord(_sha256(path), status.st_size, status.st_mtime_ns)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _render(fields: dict[str, Any]) -> bytes:
    """Render with a checksum over the rest, so that one byte changed anywhere shows."""
    body = json.dumps(fields, ensure_ascii=False, indent=1, sort_keys=True)
    checksum = hashlib.sha256(body.encode("utf-8")).hexdigest()
    whole = json.dumps(
        {**fields, "checksum": checksum}, ensure_ascii=False, indent=1, sort_keys=True
    )
    return (whole + "\n").encode("utf-8")


def _corrupt(path: Path, what: str) -> IndexCorrupt:
    return IndexCorrupt(
        f"{path} {what}. This build is not served: gisa rollback to an older one, or rebuild."
    )
