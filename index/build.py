"""
The one pipeline: files -> articles -> passages -> postings, vectors, store -> CURRENT.

Everything is written into a hidden folder, read back, verified, renamed, and only then
pointed to. A build that fails or is killed at any moment leaves what is served alone.
"""

import hashlib
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np

from index.analysis import Analyzer, describe_analyzer, fingerprint
from index.assembly import Writers, add_document, analyse_documents
from index.bilingual_model import open_model
from index.builds import (
    BUILDS_FOLDER,
    PARTIAL_PREFIX,
    build_folder,
    build_lock,
    prune_builds,
    remove_partial_builds,
    switch_current,
    sync,
)
from index.columns import ColumnWriter
from index.corpus import CorpusReport, read_corpus
from index.dense import VectorWriter
from index.encoder import Encoder, EncoderInput, EncoderOptions
from index.encoders import open_encoder
from index.errors import BuildFailed, InputError
from index.lexical import BM25Options, PostingWriter
from index.manifest import FileRecord, Manifest, record_files, write_manifest
from index.names import MAX_NAMES, NameWriter
from index.passages import TARGET_CHARS
from index.readers import ReadLimits
from index.snapshot import (
    TERM_VECTOR_ROWS_FILE,
    USER_DICTIONARY_FILE,
    OpenOptions,
    check_snapshot,
    open_folder,
)
from index.store import StoreWriter

ENCODE_BATCH = 1024


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """
    What decides the content of a build, and how it is made.

    Args:
        encoder: Encoder of the dense index.
        bm25: Parameters of the postings.
        target_chars: The most code points of a passage.
        title_weight: How often the title's terms count in each of its passages, >= 0.
        max_names: Words kept for names in other scripts, the commonest; see `index.names`.
        user_dictionary: Words for Kiwi; copied into the build.
        limits: Bounds of reading.
        strict: Fail at the first record that is rejected.
        allow_empty: Build an index without articles instead of refusing to.
        num_workers: Threads of the analysis; 0 for one a core.
        keep_builds: Builds to keep, the new one included, >= 1.
        corpus_digest: A name of the corpus' content, kept in the manifest.
    """

    encoder: EncoderOptions = field(default_factory=EncoderOptions)
    bm25: BM25Options = field(default_factory=BM25Options)
    target_chars: int = TARGET_CHARS
    title_weight: int = 2
    max_names: int = MAX_NAMES
    user_dictionary: Path | None = None
    limits: ReadLimits = field(default_factory=ReadLimits)
    strict: bool = False
    allow_empty: bool = False
    num_workers: int = 0
    keep_builds: int = 3
    corpus_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is; *total* None where it cannot be known. *done* grows."""

    stage: str
    done: int = 0
    total: int | None = None
    documents: int = 0


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What was built; *removed* are the ids of old builds that made room."""

    manifest: Manifest
    report: CorpusReport
    removed: list[str]
    seconds: float


def build_index(
    paths: Iterable[Path],
    index_dir: Path,
    options: BuildOptions | None = None,
    *,
    analyzer: Analyzer | None = None,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> BuildResult:
    """
    Build an index of the articles in *paths* and switch CURRENT to it.

    Args:
        paths: Files and folders, as `index.corpus.read_corpus` takes them.
        index_dir: Created where it is missing.
        options: See `BuildOptions`.
        analyzer: One with the same user dictionary to use again; None loads Kiwi.
        on_progress: Called now and then from this thread.

    Raises:
        InputError: A path, option or user dictionary cannot be used, or there is no article.
        RecordRejected: ``strict``, and a record was rejected.
        BuildLocked: Another build into *index_dir* is running.
        ModelUnavailable: The encoder cannot be loaded.
        BuildFailed: The disk is full, or what was written does not verify.
    """
    options = options or BuildOptions()
    started = time.monotonic()
    try:
        (index_dir / BUILDS_FOLDER).mkdir(parents=True, exist_ok=True)
        with build_lock(index_dir):
            remove_partial_builds(index_dir)
            folder = index_dir / BUILDS_FOLDER / f"{PARTIAL_PREFIX}new"
            folder.mkdir()
            try:
                manifest, report = _write(paths, folder, options, analyzer, on_progress)
                sync_folder(folder)
                final = build_folder(index_dir, manifest.build)
                folder.rename(final)
                sync(final.parent)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            switch_current(index_dir, manifest.build)
            removed = prune_builds(index_dir, options.keep_builds)
    except OSError as error:
        raise BuildFailed(
            f"Building in {index_dir} failed: {error}. What was served is untouched."
        ) from error
    return BuildResult(manifest, report, removed, time.monotonic() - started)


def is_built_with(manifest: Manifest, options: BuildOptions) -> bool:
    """Tell whether a build has the content that *options* would give it."""
    return (
        manifest.options == _content_options(options)
        and manifest.encoder["options"] == asdict(options.encoder)
        and manifest.analyzer["fingerprint"]
        == fingerprint(describe_analyzer(options.user_dictionary))
    )


def sync_folder(folder: Path) -> None:
    """Bring every file of a folder, and the folder, to the disk."""
    for path in folder.iterdir():
        sync(path)
    sync(folder)


def _write(
    paths: Iterable[Path],
    folder: Path,
    options: BuildOptions,
    analyzer: Analyzer | None,
    on_progress: Callable[[Progress], None],
) -> tuple[Manifest, CorpusReport]:
    """Fill *folder* with a verified build; the manifest comes last."""
    report = CorpusReport()
    user_dictionary = _copy_user_dictionary(options.user_dictionary, folder)
    model = open_model()
    encoder = open_encoder(options.encoder)
    documents = read_corpus(paths, report, limits=options.limits, strict=options.strict)
    first = list(islice(documents, 1))  # bad paths and empty folders show before Kiwi loads
    if not first and not options.allow_empty:
        rejected = f" ({report.n_rejected} records were rejected)" if report.n_rejected else ""
        raise InputError(
            f"No article was found{rejected}; nothing was built. "
            "Give other paths, or --allow-empty for an empty index."
        )
    analyzer = analyzer or Analyzer(user_dictionary, num_workers=options.num_workers)
    columns = ColumnWriter()
    names = NameWriter(options.max_names)
    with (
        closing(PostingWriter(folder, options.bm25)) as postings,
        closing(StoreWriter(folder)) as store,
    ):
        writers = Writers(postings, store, columns, names)
        for document, title, sentences in analyse_documents(chain(first, documents), analyzer):
            add_document(
                document,
                title,
                sentences,
                writers,
                target_chars=options.target_chars,
                title_weight=options.title_weight,
            )
            on_progress(
                Progress("analysing", report.n_bytes_done, report.n_bytes, report.n_documents)
            )
        on_progress(Progress("writing postings"))
        terms = postings.terms.terms()
        postings.finish()
        names.save(folder, terms, model.spelling)
        np.save(folder / TERM_VECTOR_ROWS_FILE, model.vectors.row_of_each(terms))
        _encode(encoder, terms, postings, store, on_progress).save(folder)
        on_progress(Progress("writing and verifying"))
    columns.save(folder)

    files = record_files(folder)
    manifest = Manifest(
        build=_new_id(files),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        counts={
            "documents": store.n_documents,
            "passages": store.n_passages,
            "sentences": store.n_sentences,
            "terms": len(terms),
        },
        analyzer={
            "fingerprint": analyzer.fingerprint,
            "description": analyzer.description,
            "user_dictionary": user_dictionary is not None,
        },
        model={"fingerprint": model.fingerprint},
        encoder={
            "fingerprint": encoder.fingerprint,
            "dim": encoder.dim,
            "options": asdict(options.encoder),
        },
        options=_content_options(options),
        corpus={**report.summary(), "digest": options.corpus_digest},
        files=files,
    )
    write_manifest(folder, manifest)
    snapshot = open_folder(
        folder,
        OpenOptions(
            verify=True,
            device=options.encoder.device,
            trust_remote_code=options.encoder.trust_remote_code,
        ),
        analyzer,
    )
    check_snapshot(snapshot)
    snapshot.close()
    return manifest, report


def _encode(
    encoder: Encoder,
    terms: list[str],
    postings: PostingWriter,
    store: StoreWriter,
    on_progress: Callable[[Progress], None],
) -> VectorWriter:
    """Encode all passages, in batches, from what was just written."""
    vectors = VectorWriter(encoder.dim)
    words = postings.passage_words(terms)
    inputs = (
        EncoderInput(f"{title}\n{text}", found)
        for found, (title, text) in zip(words, store.passage_texts(), strict=True)
    )
    for done in range(0, store.n_passages, ENCODE_BATCH):
        on_progress(Progress("encoding", done, store.n_passages))
        vectors.add(encoder.encode_passages(list(islice(inputs, ENCODE_BATCH))))
    return vectors


def _content_options(options: BuildOptions) -> dict[str, Any]:
    return {
        "bm25": asdict(options.bm25),
        "target_chars": options.target_chars,
        "title_weight": options.title_weight,
        "max_names": options.max_names,
    }


def _copy_user_dictionary(path: Path | None, folder: Path) -> Path | None:
    if path is None:
        return None
    try:
        return Path(shutil.copyfile(path, folder / USER_DICTIONARY_FILE))
    except OSError as error:
        raise InputError(f"No user dictionary at {path}: {error.strerror}") from error


def _new_id(files: dict[str, FileRecord]) -> str:
    """Name a build by the time in UTC, to the microsecond, and by its content."""
    content = "".join(record.sha256 for record in files.values())
    digest = hashlib.sha256(content.encode()).hexdigest()[:8]
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-{digest}"
