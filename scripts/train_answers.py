"""Train search/artifacts/answers.safetensors on the training sets; see docs/answers.md."""

import argparse
import json
import time
from pathlib import Path

import torch

from search.answer_model import ARTIFACT
from search.training.artifact import save_answer_model
from search.training.recipe import train_answers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of the training sets")
    parser.add_argument("--out", type=Path, default=ARTIFACT)
    parser.add_argument("--log", type=Path, default=ARTIFACT.with_name("answers_log.jsonl"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    started = time.monotonic()
    with options.log.open("w", encoding="utf-8") as lines:

        def log(record: dict[str, object]) -> None:
            line = json.dumps({**record, "seconds": round(time.monotonic() - started)})
            print(line, flush=True)
            if "stage" not in record:
                lines.write(line + "\n")

        tensors, metadata = train_answers(options.data, seed=options.seed, log=log)
        fingerprint = save_answer_model(options.out, tensors, metadata)
        log({"bytes": options.out.stat().st_size, "fingerprint": fingerprint})


if __name__ == "__main__":
    main()
