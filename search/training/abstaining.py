"""
Does the archive answer? A small network over evidence, and where to draw the line.

It learns from questions that were answered, the same with their articles taken out, and
questions that no article answers though one is about their subject.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

EPOCHS = 30
RATE = 3e-3
DECAY = 1e-2
BATCH = 128
DROPPED = 0.2
N_HIDDEN = 24
MOST = 5.0
N_FOLDS = 5
N_MEMBERS = 3
REFUSED = 0.04
"""Share of the answerable questions below the default threshold."""

Floats = npt.NDArray[np.float32]


class EvidenceSet(NamedTuple):
    """Evidence float32[n, d], whether it answers, weights, and the group of each."""

    values: Floats
    answers: npt.NDArray[np.bool_]
    weights: Floats
    groups: Sequence[str]


class Abstaining(NamedTuple):
    """The trained part and what was measured of it on questions held out in turn."""

    tensors: dict[str, npt.NDArray[Any]]
    threshold: float
    logits: Floats


def train_abstaining(evidence: EvidenceSet, *, seed: int) -> Abstaining:
    """
    Train on all, and on parts for the threshold.

    Returns:
        Tensors of `N_MEMBERS` networks; the probability below which lie `REFUSED` of the
        answerable questions, judged by networks that had not seen their groups; and those
        judgements.
    """
    numbers: dict[str, int] = {}
    fold = np.array([numbers.setdefault(g, len(numbers)) % N_FOLDS for g in evidence.groups])
    mean = evidence.values.mean(axis=0)
    deviation = evidence.values.std(axis=0) + 1e-2
    scaled = np.clip((evidence.values - mean) / deviation, -MOST, MOST).astype(np.float32)
    logits = np.zeros(len(scaled), np.float32)
    for held_out in range(N_FOLDS):
        at = fold == held_out
        members = _members(scaled[~at], evidence.answers[~at], evidence.weights[~at], seed)
        logits[at] = _mean(members, scaled[at])
    chances = 1 / (1 + np.exp(-logits))
    threshold = float(np.quantile(chances[evidence.answers], REFUSED))
    tensors: dict[str, npt.NDArray[Any]] = {
        "abstention.mean": mean,
        "abstention.deviation": deviation,
    }
    for number, member in enumerate(_members(scaled, evidence.answers, evidence.weights, seed)):
        layers = [layer for layer in member if isinstance(layer, nn.Linear)]
        for i, layer in enumerate(layers):
            tensors[f"abstention.{number}.{i}.weight"] = layer.weight.detach().numpy()
            tensors[f"abstention.{number}.{i}.bias"] = layer.bias.detach().numpy()
    return Abstaining(tensors, threshold, logits)


def _members(
    values: Floats, answers: npt.NDArray[np.bool_], weights: Floats, seed: int
) -> list[nn.Sequential]:
    return [_train(values, answers, weights, seed + number) for number in range(N_MEMBERS)]


def _train(
    values: Floats, answers: npt.NDArray[np.bool_], weights: Floats, seed: int
) -> nn.Sequential:
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    network = nn.Sequential(
        nn.Dropout(DROPPED),
        nn.Linear(values.shape[1], N_HIDDEN),
        nn.ReLU(),
        nn.Dropout(DROPPED),
        nn.Linear(N_HIDDEN, 1),
    )
    optimizer = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
    n_steps = EPOCHS * (-(-len(values) // BATCH))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=n_steps)
    network.train()
    for _ in range(EPOCHS):
        order = random.permutation(len(values))
        for start in range(0, len(order), BATCH):
            at = order[start : start + BATCH]
            losses = nn.functional.binary_cross_entropy_with_logits(
                network(torch.tensor(values[at])).squeeze(-1),
                torch.tensor(answers[at].astype(np.float32)),
                reduction="none",
            )
            weight = torch.tensor(weights[at])
            loss = (losses * weight).sum() / weight.sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    network.eval()
    return network


def _mean(members: Sequence[nn.Sequential], values: Floats) -> Floats:
    with torch.no_grad():
        outputs = [member(torch.tensor(values)).squeeze(-1).numpy() for member in members]
    found: Floats = np.mean(outputs, axis=0)
    return found
