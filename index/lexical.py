"""
BM25 postings: written, read and scored; the definition of a score is rank-bm25's.

A posting is a row and its impact, the whole share of a term in a passage's score, so
scoring a query is a sum over posting slices.

Useful for: "which passages hold these terms, and how much do they weigh?"
Not useful for: phrases or positions; the store keeps the spans of terms.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from rank_bm25 import BM25Plus

from index.analysis import is_bigram
from index.term_table import TermTable, TermTableWriter

STARTS_FILE = "posting_starts.npy"
ROWS_FILE = "posting_rows.npy"
IMPACTS_FILE = "posting_impacts.npy"
IDF_FILE = "term_idf.npy"
LENGTHS_FILE = "passage_lengths.npy"

_SPOOLED = np.dtype([("term", "<u4"), ("row", "<u4"), ("count", "<u4")])
_SORT_CHUNK = 1 << 22


@dataclass(frozen=True, slots=True)
class BM25Options:
    """
    Parameters of rank-bm25's BM25Plus, whose delta is fixed at 0 here.

    With delta 0 a passage without the term gets nothing from it and need not be
    touched, and what stays of BM25Plus is its idf ``log((N + 1) / df)``, which is above
    zero for every df <= N. The library's BM25Okapi gives 0 at df = N/2 and replaces
    negative values by a corpus-wide average, so a common word could outweigh a rare one.

    Args:
        k1: Saturation of the term frequency, >= 0.
        b: Share of length normalisation, in [0, 1].
    """

    k1: float = 1.2
    b: float = 0.75


class PostingWriter:
    """
    Collects the terms of passages in row order, spooling them to a file.

    Only the terms themselves and two numbers a passage stay in memory. Call `add` for
    every passage, then `finish`; the spool can be read until `close` removes it.
    """

    def __init__(self, folder: Path, options: BM25Options) -> None:
        self.terms = TermTableWriter()
        self._folder = folder
        self._options = options
        self._lengths: list[int] = []
        self._spool_starts = [0]
        self._spool_path = folder / "postings.spool"
        self._spool: BinaryIO = self._spool_path.open("wb")

    def add(self, term_ids: npt.NDArray[np.integer]) -> None:
        """Add the next passage by the ids of all its term occurrences, in any order."""
        ids, counts = np.unique(term_ids, return_counts=True)
        records = np.empty(len(ids), _SPOOLED)
        records["term"], records["row"], records["count"] = ids, len(self._lengths), counts
        self._spool.write(records.tobytes())
        self._lengths.append(len(term_ids))
        self._spool_starts.append(self._spool_starts[-1] + len(ids))

    def passage_words(self, terms: Sequence[str]) -> Iterator[dict[str, int]]:
        """
        Yield the terms of every passage again that are words, with their counts.

        Args:
            terms: All terms by id, from ``terms.terms()``.
        """
        is_word = np.array([not is_bigram(term) for term in terms], np.bool_)
        spooled = self._spooled()
        for start, end in itertools.pairwise(self._spool_starts):
            records = spooled[start:end]
            words = records[is_word[records["term"]]]
            ids, counts = words["term"].tolist(), words["count"].tolist()
            yield dict(zip([terms[i] for i in ids], counts, strict=True))

    def _spooled(self) -> npt.NDArray[Any]:
        self._spool.flush()
        if not self._spool_path.stat().st_size:
            return np.zeros(0, _SPOOLED)
        return np.memmap(self._spool_path, _SPOOLED, "r")

    def finish(self) -> npt.NDArray[np.float32]:
        """
        Sort by term, compute impacts, and write all files of the postings.

        Returns:
            float32[n_terms], the idf of each term by id.
        """
        spooled = self._spooled()
        lengths = np.array(self._lengths, np.uint32)
        n_terms = len(self.terms)
        df = np.zeros(n_terms, np.int64)
        for chunk in _chunks(spooled):
            df += np.bincount(chunk["term"], minlength=n_terms)
        model = PostingBM25.of_statistics(lengths, df, self._options)
        idf = np.fromiter((model.idf.get(i, 0.0) for i in range(n_terms)), np.float64, n_terms)
        starts = np.zeros(n_terms + 1, np.int64)
        np.cumsum(df, out=starts[1:])
        rows = _create(self._folder / ROWS_FILE, np.uint32, len(spooled))
        impacts = _create(self._folder / IMPACTS_FILE, np.float32, len(spooled))
        written = starts[:-1].copy()
        for chunk in _chunks(spooled):
            chunk = chunk[np.argsort(chunk["term"], kind="stable")]
            terms, first, counts = np.unique(chunk["term"], return_index=True, return_counts=True)
            place = np.arange(len(chunk)) + np.repeat(written[terms] - first, counts)
            rows[place] = chunk["row"]
            impacts[place] = model.impact(idf[chunk["term"]], chunk["count"], lengths[chunk["row"]])
            written[terms] += counts
        for array in (rows, impacts):
            if isinstance(array, np.memmap):
                array.flush()
        np.save(self._folder / STARTS_FILE, starts)
        np.save(self._folder / IDF_FILE, idf.astype(np.float32))
        np.save(self._folder / LENGTHS_FILE, lengths)
        self.terms.save(self._folder)
        return idf.astype(np.float32)

    def close(self) -> None:
        """Remove the spool; closing again does nothing."""
        self._spool.close()
        self._spool_path.unlink(missing_ok=True)


class PostingBM25(BM25Plus):  # type: ignore[misc]  # rank-bm25 ships no types
    """
    rank-bm25's model over posting arrays instead of one dictionary a document.

    idf and parameters come from the library (`_calc_idf`); `get_scores`,
    `get_batch_scores` and `get_top_n` keep its interface, with passages by row. Arrays
    are memory-mapped; the object is read-only and safe to share between threads.
    """

    def __init__(self, folder: Path, options: BM25Options) -> None:
        self._set_parameters(options)
        self.terms = TermTable(folder)
        self._starts: npt.NDArray[np.int64] = _load(folder / STARTS_FILE)
        self._rows: npt.NDArray[np.uint32] = _load(folder / ROWS_FILE)
        self._impacts: npt.NDArray[np.float32] = _load(folder / IMPACTS_FILE)
        self._idf: npt.NDArray[np.float32] = _load(folder / IDF_FILE)
        self.doc_len: npt.NDArray[np.uint32] = _load(folder / LENGTHS_FILE)
        self.corpus_size = len(self.doc_len)
        self.avgdl = _average(self.doc_len)

    @classmethod
    def of_statistics(
        cls,
        lengths: npt.NDArray[np.uint32],
        df: npt.NDArray[np.int64],
        options: BM25Options,
    ) -> "PostingBM25":
        """
        Let the library compute ``idf`` of the terms ``0..len(df)-1``.

        A term with df 0, cut apart by every passage it stood in, gets none.
        """
        model = cls.__new__(cls)
        model._set_parameters(options)
        model.corpus_size = len(lengths)
        model.avgdl = _average(lengths)
        model._calc_idf({term: n for term, n in enumerate(df.tolist()) if n})
        return model

    def _set_parameters(self, options: BM25Options) -> None:
        self.k1, self.b, self.delta = options.k1, options.b, 0
        self.idf: dict[Any, float] = {}
        self.tokenizer = None

    def impact(
        self,
        idf: npt.NDArray[np.floating],
        counts: npt.NDArray[np.integer],
        lengths: npt.NDArray[np.integer],
    ) -> npt.NDArray[np.floating]:
        """
        Return the BM25+ share of a term in passages, as `BM25Plus.get_scores` adds it.

        ``idf * (delta + f * (k1 + 1) / (k1 * (1 - b + b * length / avgdl) + f))``
        (Lv and Zhai, CIKM 2011, doi:10.1145/2063576.2063584).
        """
        norm = self.k1 * (1 - self.b + self.b * lengths / self.avgdl)
        return idf * (self.delta + counts * (self.k1 + 1) / (norm + counts))

    def idf_of(self, terms: Iterable[str]) -> npt.NDArray[np.float32]:
        """Return float32[n], the idf of each term, 0 for a term that no passage holds."""
        found = [self.terms.id(term) for term in terms]
        ids = np.array([-1 if i is None else i for i in found], np.int64)
        if not len(self._idf):
            return np.zeros(len(ids), np.float32)
        return np.where(ids >= 0, self._idf[ids], np.float32(0))

    def get_scores(self, query: Iterable[str]) -> npt.NDArray[np.float64]:
        """Return float64[n_passages]; a term that stands twice in *query* counts twice."""
        return self.weighted_scores(Counter(query))

    def get_batch_scores(self, query: Iterable[str], doc_ids: Sequence[int]) -> list[float]:
        """Return the scores of the rows *doc_ids*, in their order."""
        scores: list[float] = self.get_scores(query)[np.asarray(doc_ids, np.int64)].tolist()
        return scores

    def weighted_scores(self, weights: Mapping[str, float]) -> npt.NDArray[np.float64]:
        """
        Return float64[n_passages]: the sum over terms of weight times impact.

        Terms are added in sorted order, so the same weights give the same bits. Numpy's
        calls cost more than their work on most postings, so there is one for all terms.
        """
        found = [(self.slice_of(term), weights[term]) for term in sorted(weights)]
        found = [(postings, weight) for postings, weight in found if len(postings[0])]
        if not found:
            return np.zeros(self.corpus_size)
        rows = np.concatenate([rows for (rows, _, _), _ in found])
        shares = np.concatenate([impacts * np.float64(weight) for (_, impacts, _), weight in found])
        return np.asarray(np.bincount(rows, shares, self.corpus_size), np.float64)

    def slice_of(self, term: str) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.float32], float]:
        """Return the rows that hold a term, ascending, their impacts, and the term's idf."""
        term_id = self.terms.id(term)
        if term_id is None:
            return np.zeros(0, np.uint32), np.zeros(0, np.float32), 0.0
        start, end = int(self._starts[term_id]), int(self._starts[term_id + 1])
        return self._rows[start:end], self._impacts[start:end], float(self._idf[term_id])

    def check(self) -> None:
        """
        Look through all postings.

        Raises:
            ValueError: A count, an order or a value is not as the writer leaves it.
        """
        n_terms, n_postings = len(self.terms), len(self._rows)
        if not (
            len(self._starts) == n_terms + 1
            and len(self._idf) == n_terms
            and len(self._impacts) == n_postings == int(self._starts[-1])
        ):
            raise ValueError("posting arrays of different lengths")
        if n_postings and int(self._rows.max()) >= self.corpus_size:
            raise ValueError("a posting of a row that does not exist")
        if n_postings and not (np.isfinite(self._impacts).all() and self._impacts.min() > 0):
            raise ValueError("an impact that is not above zero")


def _average(lengths: npt.NDArray[np.uint32]) -> float:
    return float(lengths.sum(dtype=np.int64)) / len(lengths) if len(lengths) else 0.0


def _chunks(records: npt.NDArray[Any]) -> Iterable[npt.NDArray[Any]]:
    return (records[i : i + _SORT_CHUNK] for i in range(0, len(records), _SORT_CHUNK))


def _create(path: Path, dtype: type, length: int) -> npt.NDArray[Any]:
    if not length:
        np.save(path, np.zeros(0, dtype))
        return np.zeros(0, dtype)
    return np.lib.format.open_memmap(path, "w+", dtype, (length,))


def _load(path: Path) -> npt.NDArray[Any]:
    """Map a file; an empty one cannot be mapped and is read."""
    array: npt.NDArray[Any] = np.load(path, allow_pickle=False)
    if len(array):
        # As a plain array: slices of the memmap class cost a microsecond each.
        array = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    return array
