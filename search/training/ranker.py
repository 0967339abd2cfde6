"""
Which sentence answers? The network of `search.sentence_ranker`, trained in torch.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from search.sentence_ranker import FLAT, N_WORD_VALUES, SHARE
from search.training.gathering import PARTLY, Gathered

Floats = npt.NDArray[np.float32]
Tensors = dict[str, npt.NDArray[Any]]

EPOCHS = 6
RATE = 2e-3
DECAY = 1e-2
BATCH = 48
DROPPED = 0.2
N_SEEN = 24
N_HIDDEN = 48
MOST = 5.0


class RankerNetwork(nn.Module):  # type: ignore[misc]  # torch is not checked
    """The same sums as `search.sentence_ranker.SentenceRanker`, one member, with dropout."""

    def __init__(self, n_own: int) -> None:
        super().__init__()
        self.words = nn.ModuleList([nn.Linear(N_WORD_VALUES, N_SEEN), nn.Linear(N_SEEN, N_SEEN)])
        sizes = [n_own + 2 * N_SEEN, N_HIDDEN, N_HIDDEN // 2, 1]
        self.head = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes))
        self.linear = nn.Linear(n_own, 1, bias=False)
        self.dropped = nn.Dropout(DROPPED)
        nn.init.zeros_(self.head[-1].weight)

    def forward(self, own: torch.Tensor, words: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """Score ``own[b, n, d]`` with ``words[b, g, n, w]``, where ``there[b, g]`` is 1."""
        seen = words
        for layer in self.words:
            seen = torch.relu(layer(seen))
        seen = seen * there[:, :, None, None]
        share = words[..., SHARE : SHARE + 1]
        sums = torch.cat([(seen * share).sum(1), seen.sum(1) / FLAT], -1)
        values = torch.cat([self.dropped(own), sums], -1)
        for layer in self.head[:-1]:
            values = self.dropped(torch.relu(layer(values)))
        scores: torch.Tensor = (self.head[-1](values) + self.linear(own)).squeeze(-1)
        return scores


class Scaled:
    """Mean and deviation of the sentences' own features, over all candidates."""

    def __init__(self, gathered: Sequence[Gathered], own: Sequence[Floats]) -> None:
        chosen = np.concatenate(own) if len(gathered) else np.zeros((1, 1), np.float32)
        self.mean = chosen.mean(axis=0)
        self.deviation = chosen.std(axis=0) + 1e-3

    def __call__(self, own: Floats) -> Floats:
        """Return standardised features."""
        found: Floats = np.clip((own - self.mean) / self.deviation, -MOST, MOST)
        return found


def train_ranker(
    gathered: Sequence[Gathered], own: Sequence[Floats], scaled: Scaled, *, seed: int
) -> RankerNetwork:
    """
    Train one member.

    Args:
        gathered: Questions; those that nothing answers are left out.
        own: Their features with text cues, see `search.sentence_ranker.with_cues`.
        scaled: Of the features.
        seed: Of weights, dropout and order.

    Returns:
        The network, ready to score.
    """
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    chosen = [
        i for i, each in enumerate(gathered) if each.grades.max() >= PARTLY and len(each.words)
    ]
    network = RankerNetwork(own[0].shape[1])
    optimizer = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
    n_steps = EPOCHS * (-(-len(chosen) // BATCH))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=n_steps)
    network.train()
    for _ in range(EPOCHS):
        order = random.permutation(chosen).tolist()
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            batch = [gathered[i] for i in places]
            values, words, there, real = _padded(batch, [scaled(own[i]) for i in places])
            scores = network(values, words, there).masked_fill(~real, -1e9)
            grades = torch.zeros_like(scores)
            for row, each in zip(grades, batch, strict=True):
                row[: len(each.grades)] = torch.tensor(each.grades)
            chances = torch.log_softmax(scores, 1) + torch.log(grades.clamp_min(1e-9))
            losses = -torch.logsumexp(chances, 1).clamp_min(-8)
            weights = torch.tensor([each.question.weight for each in batch])
            loss = (losses * weights).sum() / weights.sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    network.eval()
    return network


def ranker_scores(
    network: RankerNetwork, gathered: Sequence[Gathered], own: Sequence[Floats], scaled: Scaled
) -> list[Floats]:
    """Score the candidates of each question."""
    found = []
    with torch.no_grad():
        for each, values in zip(gathered, own, strict=True):
            batch = _padded([each], [scaled(values)])
            found.append(network(*batch[:3])[0].numpy())
    return found


def ranker_tensors(networks: Sequence[RankerNetwork], scaled: Scaled) -> Tensors:
    """Return the trained members as `search.sentence_ranker` reads them."""
    tensors: Tensors = {"sentence.mean": scaled.mean, "sentence.deviation": scaled.deviation}
    for number, network in enumerate(networks):
        for name, value in network.state_dict().items():
            part, _, rest = name.partition(".")
            place = f"sentence.{number}.{part}"
            if part == "head":
                place += ".0"
            tensors[f"{place}.{rest}"] = value.numpy()
    return tensors


def _padded(
    batch: Sequence[Gathered], own: Sequence[Floats]
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    n = max(len(values) for values in own)
    g = max(1, *(len(each.words) for each in batch))
    values = np.zeros((len(batch), n, own[0].shape[1]), np.float32)
    words = np.zeros((len(batch), g, n, N_WORD_VALUES), np.float32)
    there = np.zeros((len(batch), g), np.float32)
    real = np.zeros((len(batch), n), np.bool_)
    for i, (each, mine) in enumerate(zip(batch, own, strict=True)):
        values[i, : len(mine)] = mine
        words[i, : len(each.words), : len(mine)] = each.words
        there[i, : len(each.words)] = 1
        real[i, : len(mine)] = True
    return tuple(torch.tensor(array) for array in (values, words, there, real))
