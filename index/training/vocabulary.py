"""
The terms of the training sets, and the vectors that training starts from.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from index.analysis import Analyzer
from index.encoder import Vectors, unit_rows
from index.key_table import sorted_keys
from index.term_vectors import ENGLISH, NUMBER, key_of
from index.training.alignment import Alignments, align_words
from index.training.examples import Pair

MIN_STRENGTH = 0.02
MAX_IDF = 9.0
MIN_IDF = 0.5
UNSEEN_IDF = 6.0
MIN_NUMBERS = 5


class Texts:
    """The analysed training texts: keys of the terms of each, as often as they stand there."""

    def __init__(self, analyzer: Analyzer, texts: Iterable[str]) -> None:
        wanted = list(dict.fromkeys(texts))
        self._keys = {
            text: [
                key
                for sentence in sentences
                for term in sentence.tokens.terms
                if (key := key_of(term)) is not None
            ]
            for text, sentences in zip(wanted, analyzer.analyze_many(wanted), strict=True)
        }

    def keys(self, text: str) -> list[str]:
        """Return the keys of a text that was given."""
        return self._keys[text]


class Vocabulary:
    """
    Keys in their final order, and what the texts say of them.

    Args:
        kiwi: ``form/C`` -> row of *kiwi_vectors*.
        kiwi_vectors: float32[n, dim], unit rows.
        texts: All training texts, analysed.
        examples: Pairs by kind.
        n_buckets: Rows for n-grams behind the keys.
        seed: For vectors of which nothing is known.
    """

    def __init__(
        self,
        kiwi: Mapping[str, int],
        kiwi_vectors: Vectors,
        texts: Texts,
        examples: Mapping[str, Sequence[Pair]],
        *,
        n_buckets: int,
        seed: int,
    ) -> None:
        self.texts = texts
        self.n_buckets = n_buckets
        counts = Counter(
            key
            for kind, pairs in examples.items()
            if kind != "transliteration"
            for pair in pairs
            for text in pair
            for key in texts.keys(text)
            if key.endswith((ENGLISH, NUMBER))
        )
        learned = {key for key, n in counts.items() if key.endswith(ENGLISH) or n >= MIN_NUMBERS}
        self.keys = sorted_keys(learned | kiwi.keys())
        self.rows = {key: row for row, key in enumerate(self.keys)}
        self._kiwi = kiwi
        self._kiwi_vectors = kiwi_vectors
        self._examples = examples
        self._seed = seed

    @property
    def n_rows(self) -> int:
        """Keys and buckets."""
        return len(self.keys) + self.n_buckets

    @cached_property
    def shares(self) -> npt.NDArray[np.float64]:
        """float64[len(keys)], the share of sentences that hold each key."""
        counts: Counter[str] = Counter()
        n_texts = 0
        for kind in ("parallel", "captions", "lead", "question", "paraphrase", "asked"):
            for pair in self._examples[kind]:
                for text in pair:
                    counts.update(set(self.texts.keys(text)))
                    n_texts += 1
        return np.array([counts[key] + 1 for key in self.keys]) / (n_texts + 1)

    @cached_property
    def alignments(self) -> Alignments:
        """Aligned words of sentence pairs, dictionary and glossary."""
        sentences, weights = [], []
        for kind, weight in (("parallel", 1), ("captions", 1), ("dictionary", 1), ("glossary", 2)):
            for english, korean in self._examples[kind]:
                left = {self.rows[key] for key in self.texts.keys(english) if key.endswith(ENGLISH)}
                right = {
                    self.rows[key]
                    for key in self.texts.keys(korean)
                    if key in self.rows and not key.endswith((ENGLISH, NUMBER))
                }
                if left and right:
                    sentences.append((sorted(left), sorted(right)))
                    weights.append(float(weight))
        return align_words(sentences, weights, self.n_rows)

    def first_vectors(self) -> Vectors:
        """
        Return float32[n_rows, dim] to start from; the length of a row is its first weight.

        Morphemes have Kiwi's vectors, English words the mean of the morphemes that they
        are aligned with, all else random ones. The weight is the idf.
        """
        random = np.random.default_rng(self._seed)
        dim = self._kiwi_vectors.shape[1]
        vectors = unit_rows(random.standard_normal((self.n_rows, dim), np.float32))
        own = np.zeros((self.n_rows, dim), np.float32)
        for key, row in self._kiwi.items():
            own[self.rows[key]] = self._kiwi_vectors[row]
        english, korean, strength = self.alignments
        sure = strength > MIN_STRENGTH
        mixing = csr_matrix(
            (strength[sure] ** 1.5, (english[sure], korean[sure])), (self.n_rows, self.n_rows)
        )
        mean = unit_rows(mixing @ own)
        for known in (own, mean):
            there = known.any(axis=1)
            vectors[there] = known[there]
        idf = np.full(self.n_rows, UNSEEN_IDF)
        idf[: len(self.keys)] = np.clip(-np.log(self.shares), MIN_IDF, MAX_IDF)
        return np.asarray(vectors * (idf / 4)[:, None], np.float32)
