"""Train index/artifacts/bilingual.safetensors on the training sets; see docs/training.md."""

import argparse
import json
import time
from pathlib import Path

import torch

from index.bilingual_model import ARTIFACT
from index.training.artifact import save_model
from index.training.recipe import RECIPE, train_model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of the training sets")
    parser.add_argument("--out", type=Path, default=ARTIFACT)
    parser.add_argument("--log", type=Path, default=ARTIFACT.with_name("training_log.jsonl"))
    parser.add_argument("--steps", type=int, default=RECIPE.steps)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    started = time.monotonic()
    with options.log.open("w", encoding="utf-8") as lines:

        def log(record: dict[str, object]) -> None:
            line = json.dumps({**record, "seconds": round(time.monotonic() - started)})
            print(line, flush=True)
            lines.write(line + "\n")

        recipe = RECIPE._replace(steps=options.steps)
        model = train_model(options.data, recipe, seed=options.seed, log=log)
        fingerprint = save_model(options.out, **model)
        log({"bytes": options.out.stat().st_size, "fingerprint": fingerprint})


if __name__ == "__main__":
    main()
