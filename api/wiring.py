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
from index.errors import InputError
from index.readers import ReadLimits
from index.snapshot import OpenOptions, Snapshot, check_snapshot, open_snapshot
from search.alias_source import AliasSource
from search.answer import Answerer
from search.engine import EngineOptions, SearchEngine
from search.language_model import LanguageModel, LanguageModelOptions, OpenAICompatible
from search.rerank import CrossEncoderReranker, Reranker, RerankerOptions
from search.weights import FittedFor, Weights, read_weights


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
    reranker: Reranker | None = None,
) -> SearchEngine:
    """
    Open a build for searching.

    Args:
        settings: Where it is and how it is opened.
        build_id: Which build; None for CURRENT.
        verify: Read every byte and look through every structure first.
        analyzer: One to use again if it fits.
        reranker: One to use again, of the same settings.
    """
    snapshot = open_build(settings, build_id=build_id, verify=verify, analyzer=analyzer)
    return engine_for(settings, snapshot, reranker=reranker)


def open_build(
    settings: Settings,
    *,
    build_id: str | None = None,
    verify: bool = False,
    analyzer: Analyzer | None = None,
) -> Snapshot:
    """Open a build without what is needed for searching alone; see `open_engine`."""
    options = replace(open_options(settings), verify=verify)
    snapshot = open_snapshot(settings.index_dir, build=build_id, options=options, analyzer=analyzer)
    if verify:
        check_snapshot(snapshot)
    return snapshot


def engine_for(
    settings: Settings, snapshot: Snapshot, *, reranker: Reranker | None = None
) -> SearchEngine:
    """
    Return an engine over an opened build.

    Raises:
        InputError: The weights cannot be read, or were fitted for another encoder or
            reranker.
        ModelUnavailable: The reranker cannot be loaded.
    """
    options = EngineOptions(
        fusion=settings.fusion,
        weights=_weights(settings, served_by(settings, snapshot)),
        reranker_depth=settings.reranker_depth,
    )
    if reranker is None and settings.reranker is not None:
        reranker = CrossEncoderReranker(
            RerankerOptions(
                settings.reranker,
                batch_size=settings.encoder_batch_size,
                device=settings.encoder_device,
                trust_remote_code=settings.trust_remote_code,
            )
        )
    return SearchEngine(snapshot, options, AliasSource(user=settings.aliases), reranker)


def answerer_for(settings: Settings, engine: SearchEngine) -> Answerer:
    """
    Return what answers questions from the build of an engine.

    Raises:
        ModelUnavailable: The trained parts of answering cannot be loaded.
    """
    return Answerer(engine, language_model=language_model(settings))


def language_model(settings: Settings) -> LanguageModel | None:
    """Return the language model that the settings name; None, and nothing is sent anywhere."""
    if settings.llm_url is None or settings.llm_model is None:
        return None
    key = settings.llm_key
    return OpenAICompatible(
        LanguageModelOptions(
            settings.llm_url,
            settings.llm_model,
            api_key=None if key is None else key.get_secret_value(),
            timeout_s=settings.llm_timeout,
        )
    )


def served_by(settings: Settings, snapshot: Snapshot) -> FittedFor:
    """Return the models whose scores the weights would weigh."""
    return FittedFor(snapshot.encoder.fingerprint, settings.reranker)


def _weights(settings: Settings, served: FittedFor) -> Weights:
    if settings.weights is None:
        return Weights()
    weights = read_weights(settings.weights)
    if weights.fitted_for not in (None, served):
        raise InputError(
            f"The weights {settings.weights} were fitted for {weights.fitted_for}, here is "
            f"{served}. Fit them again with gisa tune, or unset GISA_WEIGHTS."
        )
    return weights
