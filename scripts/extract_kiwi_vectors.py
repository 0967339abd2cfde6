"""Make index/artifacts/kiwi_vectors.safetensors from the installed kiwipiepy model."""

import argparse
import hashlib
from pathlib import Path

import kiwipiepy
import kiwipiepy_model
import numpy as np
from safetensors.numpy import save_file

from index.kiwi_encoder import ARTIFACT
from index.training.kiwi_vectors import (
    content_morphemes,
    vectors_from_cosines,
    without_common_directions,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ARTIFACT)
    parser.add_argument("--seed", type=int, default=0, help="chooses the landmarks")
    options = parser.parse_args()

    kiwi = kiwipiepy.Kiwi()
    kiwi.tokenize("가")  # the model is loaded at its first use
    morphemes = content_morphemes(kiwi)
    ids = list(morphemes.values())
    raw = vectors_from_cosines(kiwi.morpheme_similarity, ids, seed=options.seed)
    random = np.random.default_rng(options.seed)
    pairs = random.integers(0, len(ids), (10_000, 2))
    error = max(
        abs(float(raw[a] @ raw[b]) - kiwi.morpheme_similarity(ids[a], ids[b])) for a, b in pairs
    )
    vectors = without_common_directions(raw)
    scales = np.abs(vectors).max(axis=1) / 127
    tensors = {
        "vectors": np.rint(vectors / scales[:, None]).astype(np.int8),
        "scales": scales.astype(np.float32),
        "terms": np.frombuffer("\n".join(morphemes).encode("utf-8"), np.uint8),
    }
    versions = {"kiwipiepy": kiwipiepy.__version__, "kiwipiepy_model": kiwipiepy_model.__version__}
    save_file(tensors, options.out, {**versions, "license": "Apache-2.0"})
    digest = hashlib.sha256(options.out.read_bytes()).hexdigest()
    print(f"{len(ids)} vectors, largest error of a cosine {error:.1e}, sha256 {digest}")


if __name__ == "__main__":
    main()
