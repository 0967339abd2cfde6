"""
A build opened read-only: verified, immutable, shared by threads.

Analyzer and encoder are those the manifest names, never those of some setting. An
index read with another analyzer or model gives confident nonsense, so it is refused.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.analysis import Analyzer, describe_analyzer, fingerprint
from index.bilingual_model import BilingualModel, open_model
from index.builds import build_folder, read_current
from index.columns import Columns
from index.dense import DenseIndex
from index.encoder import Encoder, EncoderOptions
from index.encoders import open_encoder
from index.errors import GisaError, IndexCorrupt, IndexIncompatible
from index.lexical import BM25Options, PostingBM25
from index.manifest import Manifest, read_manifest, verify_files
from index.names import NameTable
from index.store import Store

TERM_VECTOR_ROWS_FILE = "term_vector_rows.npy"
USER_DICTIONARY_FILE = "user_dictionary.tsv"


@dataclass(frozen=True, slots=True)
class OpenOptions:
    """
    How a build is opened; none of it changes what is found.

    Args:
        verify: Read every byte, instead of only where size or time differ.
        num_threads: OpenMP threads of FAISS.
        device: Where a sentence-transformers encoder runs; None lets torch choose.
        trust_remote_code: Let such a model run code that it brings along.
    """

    verify: bool = False
    num_threads: int = 1
    device: str | None = None
    trust_remote_code: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All parts of one build; ``vector_rows`` has a row of the model's vectors by term id."""

    manifest: Manifest
    store: Store
    columns: Columns
    lexical: PostingBM25
    dense: DenseIndex
    names: NameTable
    model: BilingualModel
    vector_rows: npt.NDArray[np.int32]
    encoder: Encoder
    analyzer: Analyzer

    def close(self) -> None:
        """Close the files; a search after this fails."""
        self.store.close()


def open_snapshot(
    index_dir: Path,
    *,
    build: str | None = None,
    options: OpenOptions | None = None,
    analyzer: Analyzer | None = None,
) -> Snapshot:
    """
    Open a build for searching.

    Args:
        index_dir: The index directory.
        build: Id of a build; None for CURRENT.
        options: How to open it.
        analyzer: One to use again if it is the right one; loading Kiwi takes seconds.

    Raises:
        NoIndex: Nothing was built there.
        IndexCorrupt: A file is missing, cut or altered; it is named.
        IndexIncompatible: Another format, analyzer, model or encoder wrote it.
        ModelUnavailable: The bundled model or the encoder cannot be loaded.
    """
    options = options or OpenOptions()
    folder = build_folder(index_dir, build or read_current(index_dir))
    return open_folder(folder, options, analyzer)


def open_folder(folder: Path, options: OpenOptions, analyzer: Analyzer | None = None) -> Snapshot:
    """Open the build in *folder*; see `open_snapshot`."""
    manifest = read_manifest(folder)
    verify_files(folder, manifest, full=options.verify)
    user_dictionary = _check_analyzer(folder, manifest)
    model = open_model()
    if model.fingerprint != manifest.model["fingerprint"]:
        raise IndexIncompatible(
            f"{folder.name} was built with model {manifest.model['fingerprint'][:16]}, here is "
            f"{model.fingerprint[:16]}. Rebuild the index: gisa build PATH"
        )
    try:
        lexical = PostingBM25(folder, BM25Options(**manifest.options["bm25"]))
        columns = Columns(folder)
        dense = DenseIndex(folder, num_threads=options.num_threads)
        names = NameTable(folder, model.spelling)
        vector_rows = np.load(folder / TERM_VECTOR_ROWS_FILE, mmap_mode="r", allow_pickle=False)
        store = Store(folder)
    except GisaError:
        raise
    except Exception as error:  # files with right checksums that do not parse: a broken writer
        raise IndexCorrupt(f"{folder} cannot be opened ({error}). Rebuild the index.") from error
    encoder_options = EncoderOptions(
        **{
            **manifest.encoder["options"],
            "device": options.device,
            "trust_remote_code": options.trust_remote_code,
            "allow_download": False,
        }
    )
    encoder = open_encoder(encoder_options)
    if encoder.fingerprint != manifest.encoder["fingerprint"]:
        raise IndexIncompatible(
            f"{folder.name} was built with encoder {manifest.encoder['fingerprint']}, here is "
            f"{encoder.fingerprint}. Rebuild the index: gisa build PATH"
        )
    if analyzer is None or analyzer.fingerprint != manifest.analyzer["fingerprint"]:
        analyzer = Analyzer(user_dictionary, num_workers=1)
    return Snapshot(
        manifest, store, columns, lexical, dense, names, model, vector_rows, encoder, analyzer
    )


def check_snapshot(snapshot: Snapshot) -> None:
    """
    Look through every structure of a build and compare it with the manifest.

    Raises:
        IndexCorrupt: Something does not fit.
    """
    counts = snapshot.manifest.counts
    store = snapshot.store
    store.check()
    try:
        snapshot.lexical.check()
        snapshot.columns.check(counts["documents"], counts["passages"])
        snapshot.names.check()
        snapshot.dense.check(counts["passages"])
        for table in ("documents", "passages", "sentences"):
            if store.count(table) != counts[table]:
                raise ValueError(f"{table} are not as many as the manifest says")
        rows = snapshot.vector_rows
        if len(rows) != len(snapshot.lexical.terms):
            raise ValueError("vector rows of another number of terms")
        if len(rows) and not -1 <= rows.min() <= rows.max() < snapshot.model.vectors.n_rows:
            raise ValueError("vector rows that the model does not have")
        if snapshot.lexical.corpus_size != counts["passages"]:
            raise ValueError("postings of another number of passages")
    except ValueError as error:
        raise IndexCorrupt(
            f"Build {snapshot.manifest.build} is inconsistent: {error}. Rebuild the index."
        ) from error


def _check_analyzer(folder: Path, manifest: Manifest) -> Path | None:
    """Compare the analyzer of this program with the build's before anything is loaded."""
    path = folder / USER_DICTIONARY_FILE if manifest.analyzer["user_dictionary"] else None
    here = describe_analyzer(path)
    if fingerprint(here) != manifest.analyzer["fingerprint"]:
        there = manifest.analyzer["description"]
        changed = ", ".join(
            f"{name} {there.get(name)} -> {here[name]}" if name != "tags" else "tags"
            for name in here
            if there.get(name) != here[name]
        )
        raise IndexIncompatible(
            f"{folder.name} was built with another analyzer ({changed}). Rebuild the index: "
            "gisa build PATH"
        )
    return path
