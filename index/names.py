"""
The names of a corpus: which of its words sound like this one?

Any word of Hangul may be a name, so the vocabulary is the words of the corpus without
their particles. It is pruned to a bound, the rarest first, so that it grows slower
than the corpus. Words are found by their spelling vectors (`index.spelling`), not by
what they mean.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import faiss
import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.key_table import pack_strings, sorted_keys
from index.normalizing import normalize
from index.spelling import SpellingEncoder

NAME_TEXT_FILE = "name_text.npy"
NAME_OFFSETS_FILE = "name_offsets.npy"
NAME_VECTORS_FILE = "names.faiss"

MAX_NAMES = 500_000
MIN_SYLLABLES, MAX_SYLLABLES = 2, 7
MAX_RUNS = 3_000_000
"""Different words held while reading; beyond it those seen once are forgotten."""

FLAT_BELOW = 20_000
CLUSTER_SIZE = 400
TRAINED_PER_CLUSTER = 20
PROBED_SHARE, LEAST_PROBED = 0.07, 8
"""Of the clusters: half of them would cost twice the time for a name in thirty more."""

ENCODE_BATCH = 50_000
_LEVELS = 127 * 2.0  # no entry of a unit vector of many dimensions comes near 0.5

PARTICLES = (
    "은 는 이 가 을 를 의 에 에서 와 과 도 로 으로 만 에게 께 께서 한테 부터 까지 보다 이나"
    " 나 라고 이라고 인 이다 등 들 측 씨 에는 에서는 으로는 로는 에도 에서도 이란 란 이라는 라는"
    " 으로부터 로부터 에선 이며 며 이고 고 과의 와의 에게서 처럼 만의 이자 였다 이었다 까지는"
).split()
_ENDING = re.compile(f"(?:{'|'.join(sorted(PARTICLES, key=len, reverse=True))})$")
_RUN = re.compile(f"[가-힣]{{{MIN_SYLLABLES},{MAX_SYLLABLES + 3}}}")
_NOUN = re.compile(f"([가-힣]{{{MIN_SYLLABLES},{MAX_SYLLABLES}}})/N")


class NameMatch(NamedTuple):
    """A word of the corpus and the cosine of its spelling with what was asked for."""

    name: str
    cosine: float


class NameWriter:
    """Collects the words of articles; call `add` for each, then `save`."""

    def __init__(self, max_names: int = MAX_NAMES) -> None:
        self._max_names = max_names
        self._documents: Counter[str] = Counter()

    def add(self, texts: Iterable[str]) -> None:
        """Add the texts of one article."""
        runs: set[str] = set()
        for text in texts:
            runs.update(_RUN.findall(normalize(text).text))
        self._documents.update(runs)
        if len(self._documents) > MAX_RUNS:
            self._documents = Counter({run: n for run, n in self._documents.items() if n > 1})

    def save(self, folder: Path, terms: Iterable[str], spelling: SpellingEncoder) -> None:
        """
        Choose the names and write all files.

        Args:
            folder: Of the build.
            terms: The terms of the postings; their nouns are names too.
            spelling: Gives the vectors.
        """
        nouns = [found[1] for found in map(_NOUN.fullmatch, terms) if found]
        names = choose_names(self._documents, nouns, self._max_names)
        text, offsets = pack_strings(names)
        np.save(folder / NAME_TEXT_FILE, text)
        np.save(folder / NAME_OFFSETS_FILE, offsets)
        faiss.write_index(_index(names, spelling), str(folder / NAME_VECTORS_FILE))


def choose_names(
    documents: Mapping[str, int], nouns: Iterable[str], max_names: int = MAX_NAMES
) -> list[str]:
    """
    Choose from the words of a corpus those that may be names.

    A word with a particle behind it counts for the word without. It stays as it is only
    where it stands at least as often as what would be left of it.

    Args:
        documents: Word -> number of articles that hold it.
        nouns: More words, of which the number is not known.
        max_names: The most to return; the rarest are left out, of equals the last.

    Returns:
        Words of 2 to `MAX_SYLLABLES` syllables, in the order of their bytes.
    """
    counts: Counter[str] = Counter(dict.fromkeys(nouns, 1))
    bases: dict[str, list[str]] = {}
    for word, n in documents.items():
        counts[word] += n
        for size in (1, 2, 3):
            base = word[:-size]
            if len(base) >= MIN_SYLLABLES and _ENDING.fullmatch(word, len(base)):
                counts[base] += n
                bases.setdefault(word, []).append(base)
    kept = {
        word: n
        for word, n in counts.items()
        if MIN_SYLLABLES <= len(word) <= MAX_SYLLABLES
        and not any(counts[base] > n for base in bases.get(word, ()))
    }
    if len(kept) > max_names:
        common = sorted(kept, key=lambda word: (-kept[word], word))[:max_names]
        return sorted_keys(common)
    return sorted_keys(kept)


class NameTable:
    """
    The names on disk; read-only, safe to share between threads.

    Args:
        folder: Of the build.
        spelling: The one that it was written with.
    """

    def __init__(self, folder: Path, spelling: SpellingEncoder) -> None:
        self._spelling = spelling
        path = folder / NAME_VECTORS_FILE
        faiss.set_deserialization_vector_byte_limit(path.stat().st_size)
        self._index = faiss.read_index(str(path))
        if isinstance(self._index, faiss.IndexIVF):
            self._index.nprobe = max(LEAST_PROBED, round(PROBED_SHARE * self._index.nlist))
        self._text: npt.NDArray[np.uint8] = np.load(folder / NAME_TEXT_FILE, allow_pickle=False)
        self._offsets: npt.NDArray[np.uint32] = np.load(
            folder / NAME_OFFSETS_FILE, allow_pickle=False
        )

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def sounding_like(self, words: Sequence[str], k: int) -> list[list[NameMatch]]:
        """
        Return for each word of Latin letters the names that sound most like it.

        Args:
            words: What was asked for; all characters but letters are left out.
            k: The most names a word, >= 1.

        Returns:
            Nearest first; equal cosines in the order of the names' bytes.
        """
        return self._nearest(self._spelling.encode_latin, words, k)

    def spelled_like(self, words: Sequence[str], k: int) -> list[list[NameMatch]]:
        """Return for each word of Hangul the names spelled most like it; see `sounding_like`."""
        return self._nearest(self._spelling.encode_hangul, words, k)

    def _nearest(
        self, encode: Callable[[Sequence[str]], Vectors], words: Sequence[str], k: int
    ) -> list[list[NameMatch]]:
        if not words or not len(self):
            return [[] for _ in words]
        vectors = encode(words)
        faiss.omp_set_num_threads(1)  # two words are not worth waking threads for
        scores, rows = self._index.search(vectors * _LEVELS, k)
        cosines = scores / _LEVELS**2
        return [
            [
                NameMatch(self._name(row), float(cosine))
                for row, cosine in sorted(
                    zip(found.tolist(), near.tolist(), strict=True),
                    key=lambda hit: (-hit[1], hit[0]),
                )
                if row >= 0
            ]
            for found, near in zip(rows, cosines, strict=True)
        ]

    def _name(self, row: int) -> str:
        start, end = self._offsets[row : row + 2].tolist()
        return self._text[start:end].tobytes().decode("utf-8")

    def check(self) -> None:
        """
        Compare the parts.

        Raises:
            ValueError: They are not of one table.
        """
        ends = self._offsets.astype(np.int64)
        if (
            not len(ends)
            or ends[0] != 0
            or ends[-1] != len(self._text)
            or (np.diff(ends) < 1).any()
        ):
            raise ValueError("the names' offsets do not fit their text")
        if self._index.ntotal != len(self):
            raise ValueError("names and their vectors are not as many")


def _index(names: Sequence[str], spelling: SpellingEncoder) -> faiss.Index:
    """Return bytes of vectors, in clusters where a look at all would take long."""
    bytes_of = faiss.ScalarQuantizer.QT_8bit_direct_signed
    batches = [
        np.rint(spelling.encode_hangul(names[i : i + ENCODE_BATCH]) * _LEVELS)
        for i in range(0, len(names), ENCODE_BATCH)
    ]
    vectors = np.concatenate([np.zeros((0, spelling.dim), np.float32), *batches])
    vectors = np.clip(vectors, -127, 127).astype(np.float32)
    if len(names) < FLAT_BELOW:
        flat = faiss.IndexScalarQuantizer(spelling.dim, bytes_of, faiss.METRIC_INNER_PRODUCT)
        flat.add(vectors)
        return flat
    n_clusters = len(names) // CLUSTER_SIZE
    quantizer = faiss.IndexFlatIP(spelling.dim)
    # One thread and a fixed seed: the same corpus gives the same bytes.
    faiss.omp_set_num_threads(1)
    step = max(1, len(names) // (n_clusters * TRAINED_PER_CLUSTER))
    clustering = faiss.Clustering(spelling.dim, n_clusters)
    clustering.niter, clustering.seed, clustering.spherical = 4, 0, True
    clustering.min_points_per_centroid = 1
    clustering.train(np.ascontiguousarray(vectors[::step]), quantizer)
    clustered = faiss.IndexIVFScalarQuantizer(
        quantizer, spelling.dim, n_clusters, bytes_of, faiss.METRIC_INNER_PRODUCT, False
    )
    clustered.train(vectors[:1])
    clustered.add(vectors)
    return clustered
