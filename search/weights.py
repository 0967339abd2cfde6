"""
Every number of retrieval that was chosen by looking at questions.

docs/quality.md lists them with what they were chosen on and the figure of unseen
questions beside theirs. Nothing else in `search/` or `index/` was fitted to questions
with known answers.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from index.errors import InputError

LEXICAL, ARTICLE, DENSE, SENTENCE, RERANKER = (
    "lexical",
    "article",
    "dense",
    "sentence",
    "reranker",
)
RERANKER_SHARE = 0.5
"""What a reranker gets where the weights do not name it; chosen without any question."""


class QueryKind(StrEnum):
    """What the weights of the legs depend on."""

    KOREAN_QUESTION = "ko"
    KOREAN_KEYWORDS = "kw"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class TermWeights:
    """
    How much a term weighs, by why it is searched for; a word of the question itself is 1.

    Args:
        bigram: Two syllables; 0 to search for none, other names apart.
        synonym: Times the likeness of the word; and the least likeness.
        translation: Times how surely a Korean word translates the English one.
        phrase: The same for several English words at once.
        name: A name that sounds like the question's, at likeness 1; the least likeness.
        known_name: Factor for a name that is also a word of the dictionary.
        lead: How much more the first passage of an article weighs in the lexical leg.
    """

    bigram: float = 0.7
    synonym: float = 0.6
    least_synonym: float = 0.5
    translation: float = 1.0
    phrase: float = 1.5
    name: float = 2.0
    least_name: float = 0.6
    known_name: float = 0.5
    lead: float = 0.0


def _default_fusion() -> dict[QueryKind, dict[str, float]]:
    return {
        QueryKind.KOREAN_QUESTION: {LEXICAL: 0.4, ARTICLE: 0.3, DENSE: 0.1, SENTENCE: 0.2},
        QueryKind.KOREAN_KEYWORDS: {LEXICAL: 0.5, ARTICLE: 0.35, DENSE: 0.15},
        QueryKind.ENGLISH: {LEXICAL: 0.4, ARTICLE: 0.25, DENSE: 0.15, SENTENCE: 0.2},
    }


@dataclass(frozen=True, slots=True)
class FittedFor:
    """The encoder, by fingerprint, and reranker, by name, that weights were fitted for."""

    encoder: str
    reranker: str | None = None

    def __str__(self) -> str:
        return f"encoder {self.encoder} with {self.reranker or 'no'} reranker"


@dataclass(frozen=True, slots=True)
class Weights:
    """
    All of them.

    Args:
        terms: See `TermWeights`.
        fusion: Share of each leg by kind of query; the shares of a kind sum to 1. A
            reranker has one only where it is used.
        fitted_for: What they go with; None where they are nobody's in particular.
    """

    terms: TermWeights = field(default_factory=TermWeights)
    fusion: Mapping[QueryKind, Mapping[str, float]] = field(default_factory=_default_fusion)
    fitted_for: FittedFor | None = None


def without_reranker(legs: Mapping[str, float]) -> dict[str, float]:
    """Return the weights of the legs alone, as they are."""
    return {leg: weight for leg, weight in legs.items() if leg != RERANKER}


def reranker_share(legs: Mapping[str, float]) -> float:
    """Return the reranker's part of one kind's weights; `RERANKER_SHARE` where unnamed."""
    if RERANKER not in legs:
        return RERANKER_SHARE
    return legs[RERANKER] / sum(legs.values())


def with_reranker(legs: Mapping[str, float], share: float) -> dict[str, float]:
    """Return weights that sum to 1: *share* for a reranker, the rest as *legs* part it."""
    alone = without_reranker(legs)
    total = sum(alone.values())
    parted = {leg: round((1 - share) * weight / total, 6) for leg, weight in alone.items()}
    return {**parted, RERANKER: round(share, 6)}


def read_weights(path: Path) -> Weights:
    """
    Read the file that ``gisa tune`` writes: fusion weights by kind of query.

    Raises:
        InputError: It cannot be read, or holds anything but weights in [0, 1].
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        given = {QueryKind(kind): _checked(legs) for kind, legs in content["fusion"].items()}
        fitted_for = _fitted_for(content.get("about", {}))
    except OSError as error:
        raise InputError(f"The weights {path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"The weights {path} are not as gisa tune writes them ({error}). Make them again."
        ) from error
    weights = Weights()
    return replace(weights, fusion={**weights.fusion, **given}, fitted_for=fitted_for)


def format_weights(weights: Weights, about: Mapping[str, Any]) -> str:
    """Return the text of a file for `read_weights`, with what is said *about* it."""
    fusion = {kind.value: dict(legs) for kind, legs in weights.fusion.items()}
    content = {"fusion": fusion, "terms": asdict(weights.terms), "about": dict(about)}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _checked(legs: Any) -> dict[str, float]:
    known = {LEXICAL, ARTICLE, DENSE, SENTENCE, RERANKER}
    if not isinstance(legs, dict) or not legs or not legs.keys() <= known:
        raise ValueError(f"legs are {', '.join(sorted(known))}")
    weights = {leg: float(weight) for leg, weight in legs.items()}
    if not all(0 <= weight <= 1 for weight in weights.values()):
        raise ValueError("weights are from 0 to 1")
    if not sum(without_reranker(weights).values()) > 0:
        raise ValueError("a leg besides the reranker has a weight above 0")
    return weights


def _fitted_for(about: Any) -> FittedFor | None:
    encoder, reranker = about.get("encoder"), about.get("reranker")
    if encoder is None:
        return None
    if not isinstance(encoder, str) or not isinstance(reranker, str | None):
        raise ValueError("encoder and reranker are names")
    return FittedFor(encoder, reranker)
