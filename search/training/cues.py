"""
Which ends of words and sentences answer which kind of question? A linear model for each.

Only sentences of one article compete, so that nothing about subjects can be learned.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import log_softmax

from search.text_cues import KINDS, N_BUCKETS, buckets
from search.training.gathering import Gathered

EPOCHS = 5
RATE = 0.01
PENALTY = 1e-3
BATCH = 64


def train_cues(gathered: Sequence[Gathered], *, seed: int) -> npt.NDArray[np.float32]:
    """
    Train the table of `search.text_cues`.

    Args:
        gathered: Questions; those without an answering sentence are left out.
        seed: Of the order.

    Returns:
        float32[N_BUCKETS, len(KINDS) + 1].
    """
    torch.manual_seed(seed)
    bag = torch.nn.EmbeddingBag(N_BUCKETS, len(KINDS) + 1, mode="sum")
    torch.nn.init.zeros_(bag.weight)
    optimizer = torch.optim.Adam(bag.parameters(), RATE)
    examples = [example for each in gathered if (example := _example(each)) is not None]
    random = np.random.default_rng(seed)
    for _ in range(EPOCHS):
        order = random.permutation(len(examples)).tolist()
        for start in range(0, len(order), BATCH):
            batch = [examples[i] for i in order[start : start + BATCH]]
            rows = [row for sentences, _, _ in batch for row in sentences]
            starts = np.cumsum([0, *(len(row) for row in rows)])[:-1]
            seen = bag(torch.tensor(np.concatenate(rows)), torch.tensor(starts))
            losses = []
            place = 0
            for sentences, grades, kind in batch:
                scores = seen[place : place + len(sentences)]
                place += len(sentences)
                chances = log_softmax(scores[:, kind] + scores[:, -1], 0)
                losses.append(-torch.logsumexp(chances + torch.log(grades), 0))
            loss = torch.stack(losses).mean() + PENALTY * (bag.weight**2).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    found: npt.NDArray[np.float32] = bag.weight.detach().numpy().copy()
    return found


def _example(
    each: Gathered,
) -> tuple[list[npt.NDArray[np.int64]], torch.Tensor, int] | None:
    answering = np.flatnonzero(each.grades >= 1)
    if not len(answering):
        return None
    inside = np.flatnonzero(np.isin(each.articles, each.articles[answering]))
    rows = [buckets(each.described.sentences[i].text) for i in inside.tolist()]
    grades = torch.tensor(np.maximum(each.grades[inside], 1e-9))
    return rows, grades, KINDS.index(each.found.plan.asked)
