"""
Query and passages -> a score each, by a model that reads both together.

Useful for: the order of the first few passages, at the price of a model's run for each.
Not useful for: finding passages; it sees only what the legs found. torch is imported
when a reranker is opened, never before.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from index.errors import ModelUnavailable

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


@dataclass(frozen=True, slots=True)
class RerankerOptions:
    """
    Which cross-encoder, and how it runs.

    Args:
        name: A name on the hub, taken from the local cache, or a folder.
        batch_size: Passages a step, >= 1.
        device: Where torch runs; None lets it choose.
        trust_remote_code: Let the model run code that it brings along.
    """

    name: str
    batch_size: int = 32
    device: str | None = None
    trust_remote_code: bool = False


class Reranker(Protocol):
    """What the engine asks of a reranker; shared by threads."""

    @property
    def name(self) -> str:
        """What weights are fitted for and explanations name."""

    def score(self, query: str, passages: Sequence[str]) -> npt.NDArray[np.float64]:
        """
        Return float64[n], finite, higher is better.

        The score of a passage depends on the query and on nothing else; its scale and
        zero are the model's own: `search.fuse.spread` takes them out.
        """


class CrossEncoderReranker:
    """
    Any sentence-transformers CrossEncoder that gives one score a pair.

    The raw scores are taken, before the sigmoid most models end with: it would press
    all that is relevant together at 1.

    Args:
        options: See `RerankerOptions`.

    Raises:
        ModelUnavailable: The package or the model cannot be loaded from this machine, or
            gives several scores a pair.
    """

    def __init__(self, options: RerankerOptions) -> None:
        self._options = options
        self.name = options.name
        self._model, self._raw = self._load()
        if self._model.num_labels != 1:
            raise ModelUnavailable(
                f"The reranker {self.name!r} gives {self._model.num_labels} scores a pair, not 1. "
                "Set GISA_RERANKER to a model that ranks, or unset it."
            )
        self._lock = threading.Lock()  # fast tokenizers refuse two threads at once

    def score(self, query: str, passages: Sequence[str]) -> npt.NDArray[np.float64]:
        """
        Score passages; see `Reranker`. A pair longer than the model takes is cut by it.

        Raises:
            ModelUnavailable: The model gave something that is no number.
        """
        if not passages:
            return np.zeros(0)
        with self._lock:
            found = self._model.predict(
                [(query, passage) for passage in passages],
                batch_size=self._options.batch_size,
                activation_fn=self._raw,
                show_progress_bar=False,
            )
        scores = np.asarray(found, np.float64).reshape(len(passages))
        if not np.isfinite(scores).all():
            raise ModelUnavailable(
                f"The reranker {self.name!r} gave scores that are no numbers. "
                "Run it in full precision, or unset GISA_RERANKER."
            )
        return scores

    def _load(self) -> tuple["CrossEncoder", Any]:
        try:
            from huggingface_hub import constants
            from sentence_transformers import CrossEncoder
            from torch.nn import Identity
            from transformers.utils import logging

            # Else the hub is asked who may be calling, for local files too.
            constants.HF_HUB_DISABLE_TELEMETRY = True
            logging.disable_progress_bar()  # stderr is for our own lines
            model = CrossEncoder(
                self.name,
                device=self._options.device,
                trust_remote_code=self._options.trust_remote_code,
                local_files_only=True,
            )
            return model, Identity()
        except Exception as error:  # a foreign loader raises anything from OSError to KeyError
            reason = " ".join(str(error).split())[:200]
            raise ModelUnavailable(
                f"The reranker {self.name!r} cannot be loaded ({type(error).__name__}: {reason}). "
                "Give a folder that CrossEncoder.save wrote, fetch it once into the local cache "
                "(hf download NAME), or unset GISA_RERANKER."
            ) from error
