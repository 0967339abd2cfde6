"""
Contrastive training: texts of one meaning near each other, all others of a batch far.

The loss is InfoNCE in both directions (van den Oord et al., 2018, arXiv:1807.03748) on
cosines times a scale; words are dropped at random, so that no pair is learned by heart.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import cross_entropy, embedding_bag, normalize

from index.encoder import Vectors
from index.term_vectors import NUMBER, unseen_grams
from index.training.examples import Pair
from index.training.vocabulary import Vocabulary

SCALE = 20.0
LOG_EVERY = 100


class Recipe(NamedTuple):
    """
    How long, how fast and on what.

    Args:
        steps: Batches.
        batch: Pairs a batch.
        rate: Highest learning rate; it rises for 50 steps and falls to a tenth.
        dropped: Share of the words of a text that are dropped.
        mix: How often each kind of pair is drawn, relative to the others.
    """

    steps: int
    batch: int
    rate: float
    dropped: float
    mix: Mapping[str, float]


class Bags(NamedTuple):
    """Texts as weighted rows of the table, one behind the other."""

    rows: torch.Tensor
    starts: torch.Tensor
    weights: torch.Tensor


class Bagger:
    """Turns texts into rows, as `index.term_vectors.TermVectors` does with terms."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._features: dict[str, tuple[tuple[int, ...], float]] = {}

    def bags(self, texts: Sequence[str], choose: random.Random, dropped: float = 0.0) -> Bags:
        """Return the rows of texts; at least one word of each is kept."""
        rows: list[int] = []
        weights: list[float] = []
        starts: list[int] = []
        for text in texts:
            starts.append(len(rows))
            keys = self._vocabulary.texts.keys(text)
            if dropped and len(keys) > 2:
                keys = [key for key in keys if choose.random() >= dropped] or keys
            for key, count in Counter(keys).items():
                found, weight = self._row(key)
                rows += found
                weights += [weight * count**0.5] * len(found)
        return Bags(torch.tensor(rows), torch.tensor(starts), torch.tensor(weights))

    def _row(self, key: str) -> tuple[tuple[int, ...], float]:
        if key not in self._features:
            row = self._vocabulary.rows.get(key)
            if row is None and key.endswith(NUMBER):
                self._features[key] = ((), 0.0)
            elif row is None:
                grams, _ = unseen_grams([key], self._vocabulary.n_buckets)
                behind = grams + len(self._vocabulary.keys)
                self._features[key] = (tuple(behind.tolist()), len(grams) ** -0.5)
            else:
                self._features[key] = ((row,), 1.0)
        return self._features[key]


def train(
    vocabulary: Vocabulary,
    examples: Mapping[str, Sequence[Pair]],
    recipe: Recipe,
    *,
    seed: int,
    evaluate: Callable[[Callable[[Sequence[str]], Vectors]], dict[str, float]],
    log: Callable[[dict[str, Any]], None],
) -> Vectors:
    """
    Train the table.

    Args:
        vocabulary: What it has rows for.
        examples: Pairs by kind.
        recipe: See `Recipe`.
        seed: The same seed, data and machine give the same table.
        evaluate: Is given an encoder of texts now and then and returns figures to log.
        log: Is given ``step``, losses and figures.

    Returns:
        float32[n_rows, dim].
    """
    choose = random.Random(seed)  # noqa: S311 - samples, not secrets
    bagger = Bagger(vocabulary)
    table = torch.nn.Parameter(torch.from_numpy(vocabulary.first_vectors()))
    kinds = [kind for kind in recipe.mix if examples[kind]]
    usable = {
        kind: [pair for pair in examples[kind] if all(map(vocabulary.texts.keys, pair))]
        for kind in kinds
    }
    optimizer = torch.optim.SparseAdam([table], lr=recipe.rate)

    def encode(texts: Sequence[str], dropped: float = 0.0) -> torch.Tensor:
        rows, starts, weights = bagger.bags(texts, choose, dropped)
        summed = embedding_bag(
            rows, table, starts, mode="sum", sparse=True, per_sample_weights=weights
        )
        return normalize(summed, dim=1)

    def encode_all(texts: Sequence[str]) -> Vectors:
        with torch.no_grad():
            return np.asarray(encode(texts).numpy())

    losses: dict[str, list[float]] = {}
    for step in range(1, recipe.steps + 1):
        rise, fall = min(1.0, step / 50), 1 - 0.9 * step / recipe.steps
        optimizer.param_groups[0]["lr"] = recipe.rate * rise * fall
        [kind] = choose.choices(kinds, [recipe.mix[kind] for kind in kinds])
        pairs = choose.sample(usable[kind], min(recipe.batch, len(usable[kind])))
        left = encode([pair.left for pair in pairs], recipe.dropped)
        right = encode([pair.right for pair in pairs], recipe.dropped)
        loss = contrast(left, right, _same(pairs))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.setdefault(kind, []).append(loss.item())
        if step % LOG_EVERY == 0 or step == recipe.steps:
            mean = {
                f"loss_{name}": round(float(np.mean(found)), 3) for name, found in losses.items()
            }
            log({"step": step, **mean, **evaluate(encode_all)})
            losses = {}
    return np.asarray(table.detach().numpy(), np.float32)


def contrast(left: torch.Tensor, right: torch.Tensor, same: torch.Tensor) -> torch.Tensor:
    """
    Return the loss of a batch.

    Args:
        left: float[n, dim], unit rows; row *i* belongs to row *i* of *right*.
        right: float[n, dim], unit rows.
        same: bool[n, n], pairs that are no contrast to each other, the diagonal False.
    """
    scores = (SCALE * left @ right.T).masked_fill(same, -1e4)
    own = torch.arange(len(left))
    return (cross_entropy(scores, own) + cross_entropy(scores.T, own)) / 2


def _same(pairs: Sequence[Pair]) -> torch.Tensor:
    """Mark pairs that share a text: one question has several right answers."""
    same = np.zeros((len(pairs), len(pairs)), np.bool_)
    for side in ([pair.left for pair in pairs], [pair.right for pair in pairs]):
        number = _numbers(side)
        same |= number[:, None] == number[None, :]
    np.fill_diagonal(same, False)
    return torch.from_numpy(same)


def _numbers(texts: Iterable[str]) -> npt.NDArray[np.int64]:
    seen: dict[str, int] = {}
    return np.array([seen.setdefault(text, len(seen)) for text in texts])
