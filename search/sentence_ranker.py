"""
Which sentence answers? A small network over what each word of the question meets.

Every word of the question looks at every sentence through one shared layer, and what it
finds is summed by the words' idf (sums over a set, as in Zaheer et al., NIPS 2017,
arXiv:1703.06114); the sums and the sentence's own features go through a second network.
Trained by ``scripts/train_answers.py``.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from search.network import Network, Scaling, Tensors
from search.plan import Plan
from search.question_words import Asked
from search.sentence_features import Said
from search.text_cues import TextCues

Floats = npt.NDArray[np.float32]

ASKED = tuple(Asked)
N_WORD_VALUES = 14 + len(ASKED)
SHARE = 11
"""Which of a word's values is its share of the question's idf."""

FLAT = 6.0
"""What plain sums over words are divided by; about the words of a question."""


class RankerInput(NamedTuple):
    """``own`` float32[n_sentences, d] and ``words`` float32[n_groups, n_sentences, w]."""

    own: Floats
    words: Floats


def word_values(plan: Plan, said: Said, articles: npt.NDArray[np.integer]) -> Floats:
    """
    Describe how each word of the question meets each sentence.

    Args:
        plan: Of the question.
        said: See `search.sentence_features.what_is_said`.
        articles: int[n], the article of each sentence; those of one stand together.

    Returns:
        float32[n_groups, n_sentences, N_WORD_VALUES].
    """
    soft = said.soft
    n_groups, n = soft.shape
    same = (articles[1:] == articles[:-1]).astype(np.float32)
    before, behind = np.zeros_like(soft), np.zeros_like(soft)
    before[:, 1:] = soft[:, :-1] * same
    behind[:, :-1] = soft[:, 1:] * same
    mean, most = np.zeros_like(soft), np.zeros_like(soft)
    for row in np.unique(articles):
        at = articles == row
        mean[:, at] = soft[:, at].mean(axis=1, keepdims=True)
        most[:, at] = soft[:, at].max(axis=1, keepdims=True)

    def wide(values: npt.NDArray[np.floating]) -> Floats:
        return np.repeat(values.astype(np.float32)[:, None], n, axis=1)

    place = (np.arange(n_groups) + 0.5) / max(n_groups, 1)
    share = said.weights / max(float(said.weights.sum()), 1e-6)
    columns = [soft, said.hard, before, behind, soft - most, soft - mean, mean, most]
    columns += [said.in_title, wide(said.weights / 8), wide(place), wide(share)]
    columns += [np.full_like(soft, plan.language == "en"), np.full_like(soft, n_groups / 10)]
    columns += [np.full_like(soft, plan.asked is asked) for asked in ASKED]
    return np.stack(columns, axis=-1).astype(np.float32)


def with_cues(own: Floats, cues: Floats, articles: npt.NDArray[np.integer]) -> Floats:
    """Return *own* with the text cues, their sum, and that against the article's best."""
    total = cues.sum(axis=1)
    gap = np.zeros_like(total)
    for row in np.unique(articles):
        at = articles == row
        gap[at] = total[at] - total[at].max()
    return np.concatenate([own, cues, total[:, None], gap[:, None]], axis=1)


class _Member(NamedTuple):
    first: tuple[Floats, Floats]
    second: tuple[Floats, Floats]
    linear: Floats
    head: Network


class SentenceRanker:
    """
    The trained ranker, several of which are averaged.

    Args:
        tensors: ``sentence.*`` and ``text_cues`` of the model file.

    Raises:
        KeyError: A tensor is missing.
        ValueError: Shapes do not fit.
    """

    def __init__(self, tensors: Tensors) -> None:
        self.cues = TextCues(tensors["text_cues"])
        self._scaling = Scaling(
            np.asarray(tensors["sentence.mean"], np.float32),
            np.asarray(tensors["sentence.deviation"], np.float32),
        )
        self._members: list[_Member] = []
        while f"sentence.{len(self._members)}.words.0.weight" in tensors:
            prefix = f"sentence.{len(self._members)}"
            self._members.append(
                _Member(
                    _layer(tensors, f"{prefix}.words.0"),
                    _layer(tensors, f"{prefix}.words.1"),
                    np.asarray(tensors[f"{prefix}.linear.weight"], np.float32),
                    Network(tensors, f"{prefix}.head"),
                )
            )
        if not self._members:
            raise KeyError("sentence.0")

    def __call__(self, given: RankerInput) -> Floats:
        """Return float32[n_sentences], higher is better."""
        own = self._scaling.apply(given.own)
        total = np.zeros(len(own), np.float32)
        for first, second, linear, head in self._members:
            seen = np.maximum(given.words @ first[0].T + first[1], 0)
            seen = np.maximum(seen @ second[0].T + second[1], 0)
            share = given.words[..., SHARE : SHARE + 1]
            sums = np.concatenate([(seen * share).sum(axis=0), seen.sum(axis=0) / FLAT], axis=1)
            total += head(np.concatenate([own, sums], axis=1)) + own @ linear[0]
        total /= len(self._members)
        return total


def _layer(tensors: Tensors, name: str) -> tuple[Floats, Floats]:
    weight, bias = (
        np.asarray(tensors[f"{name}.{part}"], np.float32) for part in ("weight", "bias")
    )
    return weight, bias
