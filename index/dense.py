"""
FAISS vectors of passages: written, read and searched by exact inner product.

Useful for: "which passages are nearest to this vector?"
Not useful for: updates; a new build writes a new file.
"""

from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.top_rows import top_rows

VECTORS_FILE = "vectors.faiss"
VECTOR_ROWS_FILE = "vector_rows.npy"


class VectorWriter:
    """Collects vectors in row order; a zero vector has no direction and is left out."""

    def __init__(self, dim: int) -> None:
        self._index = faiss.IndexFlatIP(dim)
        self._rows: list[int] = []
        self._next_row = 0

    def add(self, vectors: Vectors) -> None:
        """Add the vectors of the next passages, float32[n, dim], unit or zero rows."""
        known = np.flatnonzero(vectors.any(axis=1))
        if len(known):
            self._index.add(np.ascontiguousarray(vectors[known]))
        self._rows += (known + self._next_row).tolist()
        self._next_row += len(vectors)

    def save(self, folder: Path) -> None:
        """Write both files into *folder*."""
        faiss.write_index(self._index, str(folder / VECTORS_FILE))
        np.save(folder / VECTOR_ROWS_FILE, np.array(self._rows, np.uint32))


class DenseIndex:
    """
    The vectors on disk; read-only, safe to share between threads.

    FAISS numbers vectors by position. Our own array says which passage row each one
    is, as FAISS' id maps are known to lose track of theirs. Read only verified files:
    FAISS does not expect hostile ones.

    Args:
        folder: Of the build.
        num_threads: OpenMP threads of one search, >= 1.
    """

    def __init__(self, folder: Path, *, num_threads: int = 1) -> None:
        self._num_threads = num_threads
        path = folder / VECTORS_FILE
        # No vector of a sound file is longer than the file; FAISS would take its word for more.
        faiss.set_deserialization_vector_byte_limit(path.stat().st_size)
        self._index = faiss.read_index(str(path))
        self._rows: npt.NDArray[np.int64] = np.load(
            folder / VECTOR_ROWS_FILE, allow_pickle=False
        ).astype(np.int64)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def top(
        self,
        vector: Vectors,
        order: npt.NDArray[np.integer],
        depth: int,
        mask: npt.NDArray[np.bool_] | None = None,
    ) -> tuple[npt.NDArray[np.integer], npt.NDArray[np.floating]]:
        """
        Return the passages nearest to a query vector.

        Args:
            vector: float32[dim]; a zero vector has no neighbours.
            order: As in `index.top_rows.top_rows`.
            depth: The most rows to return.
            mask: bool[n_passages], the passages that may be returned; None for all.

        Returns:
            Rows and cosines as `index.top_rows.top_rows` orders them.
        """
        if depth <= 0 or not self._index.ntotal or not vector.any():
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        parameters = None
        if mask is not None:
            allowed = np.packbits(mask[self._rows], bitorder="little")
            selector = faiss.IDSelectorBitmap(allowed)  # type: ignore[call-arg,arg-type]
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        # OpenMP keeps this number for each thread of ours, so it is set where it is used.
        faiss.omp_set_num_threads(self._num_threads)
        wanted = depth + 1
        while True:
            wanted = min(wanted, self._index.ntotal)
            [scores], [found] = self._index.search(vector[None, :], wanted, params=parameters)
            # FAISS breaks ties its own way: go on until all that tie at depth are there.
            if wanted == self._index.ntotal or found[-1] < 0 or scores[-1] < scores[depth - 1]:
                break
            wanted *= 2
        hit = found >= 0  # FAISS fills up with -1 where a filter left too few
        return top_rows(self._rows[found[hit]], scores[hit], order, depth)

    def scores(self, vector: Vectors, rows: npt.NDArray[np.integer]) -> npt.NDArray[np.float32]:
        """Return float32[len(rows)], the cosine of each passage; 0 for one without a vector."""
        scores = np.zeros(len(rows), np.float32)
        places = np.searchsorted(self._rows, rows)
        known = np.flatnonzero(places < len(self._rows))
        known = known[self._rows[places[known]] == rows[known]]
        if len(known) and vector.any():
            scores[known] = self._index.reconstruct_batch(places[known]) @ vector
        return scores

    def check(self, n_passages: int) -> None:
        """
        Look through rows and counts.

        Raises:
            ValueError: A vector without a passage, or the other way round.
        """
        if len(self._rows) != self._index.ntotal:
            raise ValueError("as many vectors as rows are needed")
        if len(self._rows) and (self._rows[-1] >= n_passages or (np.diff(self._rows) <= 0).any()):
            raise ValueError("vector rows out of order or range")
