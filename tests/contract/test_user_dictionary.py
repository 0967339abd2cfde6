"""A build keeps the user dictionary it was made with; this loads Kiwi twice."""

from collections.abc import Callable
from pathlib import Path

import pytest

from index.build import BuildOptions, build_index, is_built_with
from index.builds import build_folder
from index.snapshot import USER_DICTIONARY_FILE, open_snapshot


@pytest.mark.slow
def test_a_user_dictionary_is_copied_into_the_build_and_used(
    tmp_path: Path, write_jsonl: Callable[..., Path]
) -> None:
    words = tmp_path / "words.tsv"
    words.write_text("가온누리봇\tNNP\t5\n", encoding="utf-8")
    corpus = write_jsonl({"id": "a", "title": "새 로봇", "text": "가온누리봇이 나왔다."})
    options = BuildOptions(user_dictionary=words, num_workers=1)
    made = build_index([corpus], tmp_path / "index", options)
    copied = build_folder(tmp_path / "index", made.manifest.build) / USER_DICTIONARY_FILE
    assert copied.read_bytes() == words.read_bytes()
    assert is_built_with(made.manifest, options)
    assert not is_built_with(made.manifest, BuildOptions())
    words.unlink()
    opened = open_snapshot(tmp_path / "index")
    assert "가온누리봇/N" in opened.analyzer.query_terms("가온누리봇은 무엇인가?")
    assert opened.lexical.get_scores(["가온누리봇/N"]).tolist() != [0.0]
    opened.close()
