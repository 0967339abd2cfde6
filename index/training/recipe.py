"""
The whole training: sets -> vocabulary -> vectors, spellings and tables.
"""

import functools
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import kiwipiepy
import numpy as np

from index.analysis import Analyzer
from index.encoder import Vectors
from index.training.contrast import Recipe, train
from index.training.examples import Pair, read_examples
from index.training.kiwi_vectors import (
    content_morphemes,
    vectors_from_cosines,
    without_common_directions,
)
from index.training.spelling import NamesSeen, spelling_pairs, train_spelling
from index.training.tables import phrase_lines, related_table
from index.training.vocabulary import Texts, Vocabulary

N_BUCKETS = 16_384
HELD_OUT = 300
RECIPE = Recipe(
    steps=1_500,
    batch=512,
    rate=1e-3,
    dropped=0.15,
    mix={
        "parallel": 8,
        "captions": 2,
        "glossary": 1,
        "dictionary": 1,
        "paraphrase": 1,
        "asked": 1,
        "synonym": 0.5,
        "lead": 2,
        "question": 1,
    },
)


def train_model(
    data: Path, recipe: Recipe, *, seed: int, log: Callable[[dict[str, Any]], None]
) -> dict[str, Any]:
    """
    Train everything.

    Args:
        data: The folder of the training sets.
        recipe: Of the vectors.
        seed: Of all random choices.
        log: Is given a record of figures now and then.

    Returns:
        The arguments of `index.training.artifact.save_model`.
    """
    examples = read_examples(data)
    log({kind: len(pairs) for kind, pairs in examples.items()})
    spelling = train_spelling(
        spelling_pairs(examples["transliteration"]), NamesSeen(data), seed=seed, log=log
    )
    analyzer = Analyzer()
    wanted = [kind for kind in examples if kind != "transliteration"]
    texts = Texts(analyzer, (text for kind in wanted for pair in examples[kind] for text in pair))
    kiwi, kiwi_vectors = _kiwi_vectors(seed)
    vocabulary = Vocabulary(kiwi, kiwi_vectors, texts, examples, n_buckets=N_BUCKETS, seed=seed)
    choose = random.Random(seed)  # noqa: S311 - samples, not secrets
    held_out = {
        kind: choose.sample(examples[kind], min(HELD_OUT, len(examples[kind]) // 5))
        for kind in ("parallel", "asked")
    }
    learned = {
        kind: [pair for pair in pairs if pair not in set(held_out.get(kind, ()))]
        for kind, pairs in examples.items()
    }
    vectors = train(
        vocabulary,
        learned,
        recipe,
        seed=seed,
        evaluate=functools.partial(_accuracies, held_out),
        log=log,
    )
    return {
        "keys": vocabulary.keys,
        "vectors": vectors,
        "related": related_table(vocabulary, vectors, examples),
        "phrases": phrase_lines(vocabulary, examples),
        "spelling": spelling,
        "metadata": {"license": "CC-BY-SA-4.0", "steps": str(recipe.steps), "seed": str(seed)},
    }


def _kiwi_vectors(seed: int) -> tuple[dict[str, int], Vectors]:
    kiwi = kiwipiepy.Kiwi()
    kiwi.tokenize("가")  # the model is loaded at its first use
    morphemes = content_morphemes(kiwi)
    raw = vectors_from_cosines(kiwi.morpheme_similarity, list(morphemes.values()), seed=seed)
    return {key: row for row, key in enumerate(morphemes)}, without_common_directions(raw)


def _accuracies(
    held_out: dict[str, list[Pair]], encode: Callable[[Sequence[str]], Vectors]
) -> dict[str, float]:
    """Return how often the right text is the nearest among those held out, by kind."""
    found = {}
    for kind, pairs in held_out.items():
        near = encode([pair.left for pair in pairs]) @ encode([pair.right for pair in pairs]).T
        right = near.argmax(axis=1) == np.arange(len(pairs))
        found[f"held_out_{kind}"] = round(float(right.mean()), 4)
    return found
