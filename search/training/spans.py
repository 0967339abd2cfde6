"""
Which words of a sentence are the short answer? The network of `search.short_answer`.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from index.snapshot import Snapshot
from search.answer_measures import character_f1, normalized_answer
from search.answer_spans import SpanCandidates, span_candidates
from search.entities import EntityTagger
from search.short_answer import VECTOR_SCALE
from search.training.gathering import Gathered

EPOCHS = 6
RATE = 2e-3
DECAY = 1e-2
BATCH = 32
DROPPED = 0.25
N_PROJECTED = 24
N_AROUND = 12
N_HIDDEN = 96
MOST = 5.0
EXACT = 4.0
"""What the exact span counts in the target, beside the fourth power of the others' F1."""


class SpanExample(NamedTuple):
    """The spans of a sentence that answers, and the F1 of each; float16 to save memory."""

    candidates: SpanCandidates
    likeness: npt.NDArray[np.float32]
    weight: float
    group: str


class SpanNetwork(nn.Module):  # type: ignore[misc]  # torch is not checked
    """The sums of `search.short_answer.network_input` and the network behind, with dropout."""

    def __init__(self, n_values: int, dim: int) -> None:
        super().__init__()
        self.inside = nn.Linear(dim, N_PROJECTED, bias=False)
        self.focus = nn.Linear(dim, N_PROJECTED, bias=False)
        self.before = nn.Linear(dim, N_AROUND, bias=False)
        self.behind = nn.Linear(dim, N_AROUND, bias=False)
        sizes = [n_values + 3 * N_PROJECTED + 2 * N_AROUND, N_HIDDEN, N_HIDDEN // 2, 1]
        self.head = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes))
        self.dropped = nn.Dropout(DROPPED)

    def forward(self, values: torch.Tensor, vectors: Sequence[torch.Tensor]) -> torch.Tensor:
        """Score ``values[n, d]`` with inside, focus, before and behind ``[n, dim]``."""
        inside = VECTOR_SCALE * self.inside(vectors[0])
        focus = self.focus(vectors[1])
        parts = [values, inside, VECTOR_SCALE * focus, inside * focus]
        parts += [VECTOR_SCALE * self.before(vectors[2]), VECTOR_SCALE * self.behind(vectors[3])]
        found = self.dropped(torch.cat(parts, -1))
        for layer in self.head[:-1]:
            found = self.dropped(torch.relu(layer(found)))
        scores: torch.Tensor = self.head[-1](found).squeeze(-1)
        return scores


def span_examples(
    snapshot: Snapshot,
    tagger: EntityTagger,
    gathered: Sequence[Gathered],
    log: Callable[[str, int, int], None],
    *,
    n_sentences: int = 1,
) -> list[SpanExample]:
    """Describe the spans of the answering sentences of questions with a short answer."""
    examples = []
    for number, each in enumerate(gathered):
        if number % 500 == 0:
            log("spans", number, len(gathered))
        if not each.question.answers:
            continue
        for place in np.flatnonzero(each.grades >= 1)[:n_sentences].tolist():
            sentence = each.described.sentences[place]
            found = span_candidates(
                snapshot, tagger, each.found.plan, each.described.asked, sentence
            )
            if found is None:
                continue
            text = sentence.article.document.text
            texts = [text[start:end] for start, end in found.spans.tolist()]
            likeness = np.array([_likeness(t, each.question.answers) for t in texts], np.float32)
            small = found._replace(
                inside=found.inside.astype(np.float16),
                before=found.before.astype(np.float16),
                behind=found.behind.astype(np.float16),
            )
            weight = 1.0 if each.question.weight < 1 else 0.7
            examples.append(SpanExample(small, likeness, weight, each.question.group))
    return examples


def _likeness(text: str, answers: Sequence[str]) -> float:
    if normalized_answer(text) in {normalized_answer(answer) for answer in answers}:
        return 1.0
    return min(0.99, max(character_f1(text, answer) for answer in answers))


def train_spans(examples: Sequence[SpanExample], *, seed: int) -> "TrainedSpans":
    """Train one member on the examples that an exact or nearly exact span stands in."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    chosen = [example for example in examples if example.likeness.max() > 0.6]
    values = np.concatenate([example.candidates.values for example in chosen])
    mean, deviation = values.mean(axis=0), values.std(axis=0) + 0.05
    trained = TrainedSpans(
        SpanNetwork(values.shape[1], len(chosen[0].candidates.focus)), mean, deviation
    )
    network = trained.network
    optimizer = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
    n_steps = EPOCHS * (-(-len(chosen) // BATCH))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=n_steps)
    network.train()
    for _ in range(EPOCHS):
        order = random.permutation(len(chosen)).tolist()
        for start in range(0, len(order), BATCH):
            batch = [chosen[i] for i in order[start : start + BATCH]]
            scores = trained.scores([example.candidates for example in batch])
            losses, place = [], 0
            for example in batch:
                n = len(example.likeness)
                target = torch.tensor(np.where(example.likeness >= 1, EXACT, example.likeness**4))
                chances = torch.log_softmax(scores[place : place + n], 0)
                losses.append(-example.weight * (target / target.sum() * chances).sum())
                place += n
            loss = torch.stack(losses).sum() / sum(example.weight for example in batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    network.eval()
    return trained


class TrainedSpans(NamedTuple):
    """A trained member with what its features are scaled by."""

    network: SpanNetwork
    mean: npt.NDArray[np.float32]
    deviation: npt.NDArray[np.float32]

    def scores(self, batch: Sequence[SpanCandidates]) -> torch.Tensor:
        """Score the spans of some sentences, one after the other."""
        values = np.concatenate([found.values for found in batch])
        scaled = np.clip((values - self.mean) / self.deviation, -MOST, MOST).astype(np.float32)
        focus = np.concatenate([np.repeat(f.focus[None], len(f.values), axis=0) for f in batch])
        inside, before, behind = (
            np.concatenate([getattr(found, name) for found in batch]).astype(np.float32)
            for name in ("inside", "before", "behind")
        )
        vectors = [torch.tensor(each) for each in (inside, focus, before, behind)]
        scores: torch.Tensor = self.network(torch.tensor(scaled), vectors)
        return scores


def exact_share(trained: TrainedSpans, examples: Sequence[SpanExample]) -> tuple[float, float]:
    """Return how often the best span is exact, and the mean F1, sentence given."""
    likeness = []
    with torch.no_grad():
        for example in examples:
            best = int(trained.scores([example.candidates]).argmax())
            likeness.append(float(example.likeness[best]))
    found = np.array(likeness)
    return round(float((found >= 1).mean()), 4), round(float(found.mean()), 4)


def span_tensors(trained: TrainedSpans) -> dict[str, npt.NDArray[Any]]:
    """Return the tensors as `search.answer_model` reads them."""
    tensors: dict[str, npt.NDArray[Any]] = {
        "span.mean": trained.mean,
        "span.deviation": trained.deviation,
    }
    for name in ("inside", "focus", "before", "behind"):
        layer: nn.Linear = getattr(trained.network, name)
        tensors[f"span.{name}"] = layer.weight.detach().numpy()
    for i, layer in enumerate(trained.network.head):
        tensors[f"span.0.{i}.weight"] = layer.weight.detach().numpy()
        tensors[f"span.0.{i}.bias"] = layer.bias.detach().numpy()
    return tensors
