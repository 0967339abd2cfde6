"""
Settings -> engines and builds; the only place that constructs them.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from api.settings import Settings
from index.analysis import Analyzer
from index.build import BuildOptions, BuildResult, Progress, build_index
from index.encoder import EncoderOptions
from index.readers import ReadLimits
from index.snapshot import OpenOptions, Snapshot, check_snapshot, open_snapshot
from search.engine import EngineOptions, SearchEngine


def build_options(
    settings: Settings,
    *,
    strict: bool = False,
    allow_empty: bool = False,
    corpus_digest: str | None = None,
) -> BuildOptions:
    """Return what the settings say of builds."""
    return BuildOptions(
        encoder=EncoderOptions(
            name=settings.encoder,
            dim=settings.encoder_dim,
            max_tokens=settings.encoder_max_tokens,
            batch_size=settings.encoder_batch_size,
            device=settings.encoder_device,
            trust_remote_code=settings.trust_remote_code,
            allow_download=True,
        ),
        user_dictionary=settings.user_dictionary,
        limits=ReadLimits(max_text_chars=settings.max_text_chars),
        strict=strict,
        allow_empty=allow_empty,
        num_workers=settings.num_workers,
        keep_builds=settings.keep_builds,
        corpus_digest=corpus_digest,
    )


def build(
    settings: Settings,
    paths: list[Path],
    *,
    strict: bool = False,
    allow_empty: bool = False,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> BuildResult:
    """Build an index; see `index.build.build_index` for errors."""
    options = build_options(settings, strict=strict, allow_empty=allow_empty)
    return build_index(paths, settings.index_dir, options, on_progress=on_progress)


def open_options(settings: Settings) -> OpenOptions:
    """Return what the settings say of opening a build."""
    return OpenOptions(
        num_threads=settings.num_threads,
        device=settings.encoder_device,
        trust_remote_code=settings.trust_remote_code,
    )


def open_engine(
    settings: Settings,
    *,
    build_id: str | None = None,
    verify: bool = False,
    analyzer: Analyzer | None = None,
) -> SearchEngine:
    """
    Open a build for searching.

    Args:
        settings: Where it is and how it is opened.
        build_id: Which build; None for CURRENT.
        verify: Read every byte and look through every structure first.
        analyzer: One to use again if it fits.
    """
    options = replace(open_options(settings), verify=verify)
    snapshot = open_snapshot(settings.index_dir, build=build_id, options=options, analyzer=analyzer)
    if verify:
        check_snapshot(snapshot)
    return engine_for(settings, snapshot)


def engine_for(settings: Settings, snapshot: Snapshot) -> SearchEngine:
    """Return an engine over an opened build."""
    return SearchEngine(snapshot, EngineOptions(fusion=settings.fusion))
