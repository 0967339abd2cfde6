"""
KLUE's named entities -> the tagger of `search.entities`.
"""

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from index.analysis import Analyzer, is_bigram
from index.term_vectors import TermVectors
from search.entities import N_OUTPUTS, N_VALUES, TYPES, VECTOR_SCALE, WINDOW, Word, entity_input

CORPUS = Path("pairs/klue-ner-dev/sentences.jsonl")
EPOCHS = 7
RATE = 2e-3
DECAY = 1e-2
BATCH = 256
DROPPED = 0.3
N_PROJECTED = 40
N_HIDDEN = 96
HELD_OUT = 500

_TAGS = dict(zip(("PS", "LC", "OG", "DT", "TI", "QT"), TYPES[1:], strict=True))
_PIECE = re.compile(r"<([^<>]*?):(PS|LC|OG|DT|TI|QT)>|(.)", re.DOTALL)


class Tagged(NamedTuple):
    """Words of some sentences: their input, types, and whether each begins or ends one."""

    vectors: npt.NDArray[np.float32]
    values: npt.NDArray[np.float32]
    types: npt.NDArray[np.int64]
    edges: npt.NDArray[np.float32]


class EntityNetwork(nn.Module):  # type: ignore[misc]  # torch is not checked
    """The network of `search.entities.EntityTagger`, with dropout."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.projections = nn.Parameter(torch.randn(WINDOW, N_PROJECTED, dim) * dim**-0.5)
        self.first = nn.Linear(WINDOW * (N_PROJECTED + N_VALUES), N_HIDDEN)
        self.last = nn.Linear(N_HIDDEN, N_OUTPUTS)
        self.dropped = nn.Dropout(DROPPED)

    def forward(self, vectors: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
        """Return ``[n, N_OUTPUTS]`` for ``[n, WINDOW, dim]`` and ``[n, WINDOW, N_VALUES]``."""
        seen = torch.einsum("nwd,wrd->nwr", vectors, self.projections) * VECTOR_SCALE
        flat = self.dropped(torch.cat([seen.flatten(1), values.flatten(1)], 1))
        outputs: torch.Tensor = self.last(self.dropped(torch.relu(self.first(flat))))
        return outputs


def train_entities(
    data: Path, table: TermVectors, *, seed: int, log: Callable[[dict[str, Any]], None]
) -> dict[str, npt.NDArray[Any]]:
    """Train the tagger and return its tensors; the log tells of held-out sentences."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    sentences = list(_read(data / CORPUS, table))
    order = random.permutation(len(sentences))
    held_out = _joined(sentences[i] for i in order[:HELD_OUT])
    learned = _joined(sentences[i] for i in order[HELD_OUT:])
    network = EntityNetwork(table.dim)
    optimizer = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
    n_steps = EPOCHS * (-(-len(learned.types) // BATCH))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=n_steps)
    for _ in range(EPOCHS):
        places = random.permutation(len(learned.types))
        for start in range(0, len(places), BATCH):
            at = places[start : start + BATCH]
            outputs = network(torch.tensor(learned.vectors[at]), torch.tensor(learned.values[at]))
            loss = nn.functional.cross_entropy(
                outputs[:, : len(TYPES)], torch.tensor(learned.types[at])
            ) + 0.5 * nn.functional.binary_cross_entropy_with_logits(
                outputs[:, len(TYPES) :], torch.tensor(learned.edges[at])
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    network.eval()
    with torch.no_grad():
        outputs = network(torch.tensor(held_out.vectors), torch.tensor(held_out.values))
    right = outputs[:, : len(TYPES)].argmax(1).numpy() == held_out.types
    log(
        {
            "entity_words_right": {
                name: round(float(right[held_out.types == kind].mean()), 3)
                for kind, name in enumerate(TYPES)
            }
        }
    )
    return {
        "entities.projections": network.projections.detach().numpy(),
        "entities.0.0.weight": network.first.weight.detach().numpy(),
        "entities.0.0.bias": network.first.bias.detach().numpy(),
        "entities.0.1.weight": network.last.weight.detach().numpy(),
        "entities.0.1.bias": network.last.bias.detach().numpy(),
    }


def _read(path: Path, table: TermVectors) -> Iterable[Tagged]:
    texts, marked = [], []
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:  # the first names columns
        text, entities = "", []
        for piece in _PIECE.finditer(json.loads(line)["tagged"]):
            if piece[3] is None:
                entities.append((len(text), len(text) + len(piece[1]), _TAGS[piece[2]]))
            text += piece[3] if piece[3] is not None else piece[1]
        texts.append(text)
        marked.append(entities)
    analyzer = Analyzer()
    for text, entities, sentences in zip(texts, marked, analyzer.analyze_many(texts), strict=True):
        words = sorted(
            (
                Word(*token)
                for sentence in sentences
                for token in zip(*sentence.tokens, strict=True)
                if not is_bigram(token[0]) and token[2] > token[1]
            ),
            key=lambda word: (word.start, word.end),
        )
        if words:
            given = entity_input(table, text, words)
            yield Tagged(*given, *_labels(text, words, entities))


def _labels(
    text: str, words: list[Word], entities: list[tuple[int, int, str]]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    types = np.zeros(len(words), np.int64)
    edges = np.zeros((len(words), 2), np.float32)
    for start, end, kind in entities:
        for i, word in enumerate(words):
            if word.start >= start and word.end <= end:
                types[i] = TYPES.index(kind)
                edges[i] = word.start == start, not text[word.end : end].strip("%")
    return types, edges


def _joined(tagged: Iterable[Tagged]) -> Tagged:
    return Tagged(*(np.concatenate(parts) for parts in zip(*tagged, strict=True)))
