"""The best rows of a scored set, with the one tie rule of the program."""

import numpy as np
import numpy.typing as npt


def top_rows(
    rows: npt.NDArray[np.integer],
    scores: npt.NDArray[np.floating],
    order: npt.NDArray[np.integer],
    depth: int,
) -> tuple[npt.NDArray[np.integer], npt.NDArray[np.floating]]:
    """
    Return the *depth* rows with the highest scores.

    Args:
        rows: int[n], each row once.
        scores: float[n], beside *rows*.
        order: int[n_passages], the place of each row in passage-id order.
        depth: The most rows to return, >= 0.

    Returns:
        Rows and scores, best first; ties, also the one at *depth*, by passage id.
    """
    if depth < len(rows):
        last = np.partition(scores, len(scores) - depth)[len(scores) - depth] if depth else np.inf
        keep = scores >= last
        rows, scores = rows[keep], scores[keep]
    best = np.lexsort((order[rows], -scores))[:depth]
    return rows[best], scores[best]
