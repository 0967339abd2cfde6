"""
Rebuild the index, for cron: one line of JSON on stdout, progress on stderr, an exit code.

``python scripts/rebuild_index.py PATH...``; where and how comes from the GISA_* settings.
"""

import argparse
import json
import sys
from pathlib import Path

from api.errors import outcome_of
from api.progress import ProgressReport
from api.settings import load_settings
from api.wiring import build
from index.errors import GisaError


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--index-dir", type=Path, help="default: GISA_INDEX_DIR, or var/index")
    parser.add_argument("--strict", action="store_true", help="fail at a rejected record")
    parser.add_argument("--allow-empty", action="store_true", help="build without any article")
    options = parser.parse_args()
    try:
        settings = load_settings()
        if options.index_dir is not None:
            settings = settings.model_copy(update={"index_dir": options.index_dir})
        with ProgressReport() as progress:
            result = build(
                settings,
                options.paths,
                strict=options.strict,
                allow_empty=options.allow_empty,
                on_progress=progress.build,
            )
    except GisaError as error:
        print(json.dumps({"ok": False, "error": type(error).__name__, "detail": str(error)}))
        return outcome_of(error).exit_code
    summary = {
        "ok": True,
        "build": result.manifest.build,
        "counts": result.manifest.counts,
        "corpus": result.report.summary(),
        "removed_builds": result.removed,
        "seconds": round(result.seconds, 3),
    }
    print(json.dumps(summary, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
