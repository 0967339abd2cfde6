"""
Training of `index.spelling`: transliterations near each other, all others far.

Pairs are the official Hangul spellings of foreign words, and Korean names of people and
places with romanisations made by rule. It learns sounds, so no name needs to be seen.
"""

import random
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import normalize

from index.character_grams import Grams
from index.encoder import Vectors
from index.spelling import MAX_SYLLABLES, jamo_grams, latin_letters, letter_grams
from index.training.contrast import contrast
from index.training.examples import Pair, read_rows
from index.training.romanization import SURNAMES, invent_name, romanize_name, romanize_word

DIM = 128
N_BUCKETS = 16_384
STEPS = 900
BATCH = 1_024
RATE = 5e-3
HELD_OUT = 1_000
LOG_EVERY = 150

_HANGUL = re.compile(f"[가-힣]{{1,{MAX_SYLLABLES}}}")


class NamesSeen:
    """Korean names of people and of places from the training sets' entities."""

    def __init__(self, data: Path) -> None:
        entities = [
            row
            for name in ("news-other/news-bigkinds-2023-05-snippets", "pairs/klue-ner-dev")
            for row in read_rows(data / name / "entities.jsonl")
            if _HANGUL.fullmatch(row["name"])
        ]
        people = {row["name"] for row in entities if row["type"] in ("PER", "PS")}
        places = {row["name"] for row in entities if row["type"] in ("LOC", "LC")}
        self.people = sorted(name for name in people if len(name) == 3 and name[0] in SURNAMES)
        self.places = sorted(name for name in places if 2 <= len(name) <= 5)


def spelling_pairs(pairs: Iterable[Pair]) -> list[Pair]:
    """Return transliterations as letters and syllables without blanks; others are left out."""
    bare = (Pair(latin_letters(left), right.replace(" ", "")) for left, right in pairs)
    return [pair for pair in bare if len(pair.left) > 1 and _HANGUL.fullmatch(pair.right)]


def train_spelling(
    pairs: Sequence[Pair], names: NamesSeen, *, seed: int, log: Callable[[dict[str, Any]], None]
) -> tuple[Vectors, Vectors]:
    """
    Train both tables.

    Args:
        pairs: From `spelling_pairs`; some are held out, to measure.
        names: Names to romanise.
        seed: The same seed, data and machine give the same tables.
        log: Is given ``spelling_step``, loss and held-out accuracy at rank 1.

    Returns:
        float32[N_BUCKETS, DIM] of letters and of jamo.
    """
    choose = random.Random(seed)  # noqa: S311 - samples, not secrets
    torch.manual_seed(seed)
    shuffled = choose.sample(list(pairs), len(pairs))
    held_out, learned = shuffled[:HELD_OUT], shuffled[HELD_OUT:]
    tables = [torch.nn.Parameter(torch.randn(N_BUCKETS, DIM) * 0.1) for _ in range(2)]
    optimizer = torch.optim.SparseAdam(tables, lr=RATE)

    def latin(words: Sequence[str]) -> torch.Tensor:
        return _encode(tables[0], letter_grams(words, N_BUCKETS))

    def hangul(words: Sequence[str]) -> torch.Tensor:
        return _encode(tables[1], jamo_grams(words, N_BUCKETS))

    def accuracy() -> float:
        spellings = list(dict.fromkeys(pair.right for pair in [*held_out, *learned[:9_000]]))
        with torch.no_grad():
            near = latin([pair.left for pair in held_out]) @ hangul(spellings).T
        best = [spellings[row] for row in near.argmax(dim=1).tolist()]
        return float(np.mean([b == pair.right for b, pair in zip(best, held_out, strict=True)]))

    for step in range(1, STEPS + 1):
        optimizer.param_groups[0]["lr"] = RATE * min(1.0, step / 30) * (1 - 0.95 * step / STEPS)
        batch = _batch(learned, names, choose)
        left, right = latin([pair.left for pair in batch]), hangul([pair.right for pair in batch])
        loss = contrast(left, right, torch.zeros(len(batch), len(batch), dtype=torch.bool))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % LOG_EVERY == 0:
            found = round(accuracy(), 4)
            log({"spelling_step": step, "loss": round(loss.item(), 4), "held_out": found})
    letters, jamo = (np.asarray(table.detach().numpy(), np.float32) for table in tables)
    return letters, jamo


def _batch(learned: Sequence[Pair], names: NamesSeen, choose: random.Random) -> list[Pair]:
    """Half of the pairs are transliterations, a third people, the rest places."""
    people = [
        choose.choice(names.people) if choose.random() < 0.4 else invent_name(choose)
        for _ in range(BATCH // 3)
    ]
    places = [choose.choice(names.places) for _ in range(BATCH - BATCH // 2 - BATCH // 3)]
    pairs = [
        *choose.sample(learned, BATCH // 2),
        *(Pair(romanize_name(name, choose), name) for name in people),
        *(Pair(romanize_word(name, choose), name) for name in places),
    ]
    return list({pair.right: pair for pair in pairs}.values())


def _encode(table: torch.Tensor, grams: Grams) -> torch.Tensor:
    rows, starts = torch.from_numpy(grams.rows), torch.from_numpy(grams.starts[:-1])
    summed = torch.nn.functional.embedding_bag(rows, table, starts, mode="sum", sparse=True)
    return normalize(summed, dim=1)
