"""
The trained parts of answering, in one small file: which sentence, which words of it, and
whether the archive answers at all.

``artifacts/answers.safetensors`` is written by ``scripts/train_answers.py``; its model
card stands beside it.
"""

import functools
from pathlib import Path
from typing import NamedTuple

import numpy as np

from index.errors import ModelUnavailable
from index.mapped_tensors import map_tensors
from search import abstention, answer_spans, sentence_features
from search.entities import EntityTagger
from search.network import Network, Scaling, Tensors
from search.sentence_ranker import SentenceRanker

ARTIFACT = Path(__file__).parent / "artifacts" / "answers.safetensors"


class SpanPart(NamedTuple):
    """Scores spans: who is who, the projections, and the network behind them."""

    tagger: EntityTagger
    scaling: Scaling
    projections: answer_spans.Projections
    network: Network


class AbstentionPart(NamedTuple):
    """Turns evidence into a probability, and says from which on a question is answered."""

    scaling: Scaling
    network: Network
    threshold: float


class AnswerModel(NamedTuple):
    """The parts of the file; ``fingerprint`` differs whenever a value in it does."""

    ranker: SentenceRanker
    spans: SpanPart
    abstention: AbstentionPart
    fingerprint: str


@functools.cache
def open_answer_model(path: Path = ARTIFACT) -> AnswerModel:
    """
    Open the file; its parts are read-only and safe to share between threads.

    Raises:
        ModelUnavailable: It is missing, damaged, or trained for other features.
    """
    try:
        tensors, metadata = map_tensors(path)
        for name, names in (
            ("sentence", sentence_features.NAMES),
            ("span", answer_spans.NAMES),
            ("abstention", abstention.NAMES),
        ):
            if metadata[f"{name}_features"].split(" ") != list(names):
                raise ValueError(f"trained for other {name} features")
        return AnswerModel(
            SentenceRanker(tensors),
            SpanPart(
                EntityTagger(tensors),
                _scaling(tensors, "span"),
                answer_spans.Projections(
                    *(tensors[f"span.{name}"] for name in answer_spans.Projections._fields)
                ),
                Network(tensors, "span"),
            ),
            AbstentionPart(
                _scaling(tensors, "abstention"),
                Network(tensors, "abstention"),
                float(metadata["abstention_threshold"]),
            ),
            metadata["fingerprint"],
        )
    except (OSError, KeyError, ValueError) as error:
        raise ModelUnavailable(
            f"The model file {path} cannot be read ({error}). Restore it, or train it again: "
            "python scripts/train_answers.py DATA"
        ) from error


def _scaling(tensors: Tensors, name: str) -> Scaling:
    mean, deviation = (
        np.asarray(tensors[f"{name}.{part}"], np.float32) for part in ("mean", "deviation")
    )
    return Scaling(mean, deviation)
