"""`gisa search` from the shell beside a program that only loads Kiwi and analyses a syllable."""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
KIWI_ALONE = "from kiwipiepy import Kiwi; Kiwi().tokenize('가')"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    gisa = [sys.executable, "-m", "api"]
    with tempfile.TemporaryDirectory() as folder:
        place = ["--index-dir", folder]
        subprocess.run(
            [*gisa, "build", str(ROOT / "samples"), *place], check=True, stdout=subprocess.DEVNULL
        )
        pairs = [
            (
                _seconds([*gisa, "search", "KT는 왜 탈락했나?", *place]),
                _seconds([sys.executable, "-c", KIWI_ALONE]),
            )
            for _ in range(options.rounds)
        ]
    ours, alone = zip(*pairs, strict=True)
    result = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}",
        "search_seconds": [round(value, 2) for value in ours],
        "kiwi_alone_seconds": [round(value, 2) for value in alone],
        "median_ratio": round(statistics.median(a / b for a, b in pairs), 3),
    }
    print(json.dumps(result))


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
