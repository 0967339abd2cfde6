"""What was asked for at the start: the two first articles, and figures on the judged sets."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.evaluation import evaluate
from api.progress import ProgressReport
from api.settings import Settings
from index.analysis import Analyzer
from index.build import BuildOptions, build_index
from index.snapshot import open_snapshot
from search.engine import SearchEngine
from search.records import Hit

FIRST, SECOND = "000_817125afffc9853b", "002_bf32641c3ee9fce9"


@pytest.fixture(scope="module")
def seeds(
    news_data: Path, tmp_path_factory: pytest.TempPathFactory, analyzer: Analyzer
) -> Iterator[SearchEngine]:
    """An engine over the two articles that the project began with, as scraped."""
    folder = tmp_path_factory.mktemp("seeds") / "index"
    build_index([news_data / "seeds"], folder, BuildOptions(), analyzer=analyzer)
    snapshot = open_snapshot(folder, analyzer=analyzer)
    yield SearchEngine(snapshot)
    snapshot.close()


def passages(engine: SearchEngine, query: str) -> list[Hit]:
    """Return all passages that are found."""
    return engine.search(query, k=100, passages_per_document=20).hits


def test_the_two_articles_are_indexed(seeds: SearchEngine) -> None:
    names = seeds.snapshot.store.document_ids()
    assert [Path(name).stem for name in names] == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("query", "stem"),
    [
        ("KT는 왜 정부 AI 사업에서 탈락했나?", SECOND),
        ("why was KT excluded?", SECOND),
        ("카카오엔터프라이즈는 왜 협의체에 안 들어갔나", FIRST),
    ],
)
def test_the_article_that_answers_comes_first(seeds: SearchEngine, query: str, stem: str) -> None:
    best = passages(seeds, query)[0]
    assert Path(best.document_id).stem == stem


def test_the_reason_stands_in_a_passage_found(seeds: SearchEngine) -> None:
    hits = passages(seeds, "카카오엔터프라이즈는 왜 협의체에 안 들어갔나")
    assert any(Path(hit.document_id).stem == FIRST and "구조조정" in hit.text for hit in hits[:3])


def test_what_the_portal_put_beside_an_article_is_not_found(seeds: SearchEngine) -> None:
    assert all("송혜교" not in hit.text for hit in passages(seeds, "송혜교 아모레"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("corpus", "questions", "least"),
    [
        ("news2018", "news2018/dev/ko", 0.930),
        ("news2018", "news2018/dev/kw", 0.970),
        ("autorag-ko", "autorag-ko", 0.930),
        ("korquad-dev", "korquad-dev", 0.962),
    ],
)
def test_the_hybrid_is_as_good_as_it_was(
    news_data: Path,
    tmp_path_factory: pytest.TempPathFactory,
    warm_kiwi: None,
    corpus: str,
    questions: str,
    least: float,
) -> None:
    report = evaluate(
        Settings(),
        corpora=[news_data / corpus / "corpus.jsonl"],
        queries=news_data / questions / "queries.jsonl",
        qrels=news_data / questions / "qrels.tsv",
        index_dir=tmp_path_factory.getbasetemp() / f"eval-{corpus}",
        baseline=None,
        run_out=None,
        progress=ProgressReport(quiet=True),
    )
    assert report["measures"]["hybrid"]["nDCG@10"] >= least
